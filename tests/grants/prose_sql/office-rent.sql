-- office-rent 软件企业办公用房租金补贴: what the clauses were understood to say
-- 一 district 320114; software firm; lease filed.
-- 二 founded, or moved in from outside, on or before the day and later than the day 36 months back.
-- 三 >= 10 insured; rented area per insured <= 20 sqm (none: unknown).
-- 四 founded or moved in within 12 months: 50 % of the rent, else 30 %; half-up to 100 yuan, less other
--    subsidies, at most 50 wan.
-- 五 nothing sublet; not on the abnormal list.
SELECT firm, '' AS stage, LEAST(gross, 50 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (2 * office_rent_y1 * CASE WHEN fresh THEN 50::HUGEINT WHEN NOT fresh THEN 30 END + 100 * 100 * yuan)
           // (2 * 100 * 100 * yuan) * (100 * yuan) - office_rent_other_y1 AS gross
    FROM (
        SELECT *,
               (registered_on <= day AND registered_on > day - INTERVAL 12 MONTH)
               OR (moved_in AND moved_in_on <= day AND moved_in_on > day - INTERVAL 12 MONTH) AS fresh
        FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    )
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'
      AND district = '320114' AND software_firm AND office_lease_filed
      AND ((registered_on <= day AND registered_on > day - INTERVAL 36 MONTH)
           OR (moved_in AND moved_in_on <= day AND moved_in_on > day - INTERVAL 36 MONTH))
      AND insured_now >= 10
      AND CASE WHEN insured_now > 0 THEN office_rented_sqm <= 20 * insured_now END
      AND NOT office_sublet AND NOT abnormal_operation
)
WHERE gross > 0
