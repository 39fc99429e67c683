-- service-outsourcing 服务外包企业奖补: what the clauses were understood to say
-- 一 district 320114; registered in the outsourcing statistics.
-- 二 offshore >= 35 % of all outsourcing (none: unknown).
-- 三 college graduates >= 50 % of the insured (none: unknown).
-- 四 offshore grew (> 0; year before zero: unknown) and is >= 350 wan.
-- 五 1 % of offshore + 3000 yuan a newly hired graduate, up to 1 yuan, at most 60 wan.
-- 六 no dishonest debtor, no false statistics.
SELECT firm, '' AS stage, LEAST(gross, 60 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (outsourcing_offshore_y1::HUGEINT + outsourcing_graduates_y1 * 3000 * yuan * 100 + 100 * yuan - 1)
           // (100 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2028-12-31'
      AND district = '320114' AND outsourcing_registered
      AND CASE WHEN outsourcing_total_y1 > 0
               THEN outsourcing_offshore_y1::HUGEINT * 100 >= 35 * outsourcing_total_y1::HUGEINT END
      AND CASE WHEN insured_now > 0 THEN outsourcing_college * 100::HUGEINT >= 50 * insured_now::HUGEINT END
      AND CASE WHEN outsourcing_offshore_y2 > 0 THEN outsourcing_offshore_y1 > outsourcing_offshore_y2 END
      AND outsourcing_offshore_y1 >= 350 * wan
      AND NOT dishonest_debtor AND NOT false_reporting
)
WHERE gross > 0
