-- large-firm-growth 大企业能级提升奖励: what the clauses were understood to say
-- 一 district 320114; large firm in the direct report.
-- 二 revenue >= 10 yi, grown >= 10 % (year before not above zero: unknown).
-- 三 insured staff at last year's end not below the year before; tax paid here not below the year before (the
--    tax bureau says).
-- 四 by increase from 1 / 5 / 20 yi: 20 / 50 / 100 wan; below 1 yi nothing.
-- 五 no false statistics, no quality accident, no large unrepaired penalty.
-- 六 pro rata of the budget comes later.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE
               WHEN revenue_y1 - revenue_y2 >= 200000 * wan THEN 100 * wan
               WHEN revenue_y1 - revenue_y2 >= 50000 * wan THEN 50 * wan
               WHEN revenue_y1 - revenue_y2 >= 10000 * wan THEN 20 * wan
           END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2025-01-01' AND DATE '2027-12-31'
      AND district = '320114' AND direct_report AND firm_size = 'large'
      AND revenue_y1 >= 100000 * wan
      AND CASE WHEN revenue_y2 > 0 THEN (revenue_y1::HUGEINT - revenue_y2) * 100 >= 10 * revenue_y2::HUGEINT END
      AND insured_end_y1 >= insured_end_y2 AND tax_contribution_held
      AND NOT false_reporting AND NOT product_incident AND NOT major_penalty_1y
)
WHERE gross > 0
