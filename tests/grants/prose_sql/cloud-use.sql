-- cloud-use 小微企业上云补贴: what the clauses were understood to say
-- 一 district 320114; small or micro firm.
-- 二 cloud spending last year >= 1 wan.
-- 三 first year in the cloud: 50 % of the spending; otherwise growth >= 20 % (year before zero: unknown): 30 %
--    of the increase.
-- 四 down to 100 yuan, at most 5 wan; supplier not related, not on the abnormal list (the budget is not looked
--    at here).
SELECT firm, '' AS stage, LEAST(gross, 5 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           CASE
               WHEN cloud_first_y1 THEN cloud_spend_y1::HUGEINT * 50
               WHEN NOT cloud_first_y1 THEN (cloud_spend_y1::HUGEINT - cloud_spend_y2) * 30
           END // (100 * 100 * yuan) * (100 * yuan) AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'
      AND district = '320114' AND firm_size IN ('small', 'micro')
      AND cloud_spend_y1 >= 1 * wan
      AND (cloud_first_y1
           OR CASE WHEN cloud_spend_y2 > 0
                   THEN (cloud_spend_y1::HUGEINT - cloud_spend_y2) * 100 >= 20 * cloud_spend_y2::HUGEINT END)
      AND NOT cloud_from_related AND NOT abnormal_operation
)
WHERE gross > 0
