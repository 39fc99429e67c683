-- e-commerce 电子商务企业做大奖励: what the clauses were understood to say
-- 一 district 320114; reports directly to statistics; industry F51, F52 or I64.
-- 二 online sales grew >= 15 % (year before zero: unknown).
-- 三 increase >= 1000 wan.
-- 四 by increase from 1000 wan / 5000 wan / 1 yi / 5 yi: 5 / 20 / 40 / 100 wan, highest step only.
-- 五 no online-trade penalty, no false statistics.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE
               WHEN online_sales_y1 - online_sales_y2 >= 50000 * wan THEN 100 * wan
               WHEN online_sales_y1 - online_sales_y2 >= 10000 * wan THEN 40 * wan
               WHEN online_sales_y1 - online_sales_y2 >= 5000 * wan THEN 20 * wan
               WHEN online_sales_y1 - online_sales_y2 >= 1000 * wan THEN 5 * wan
           END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND direct_report AND industry IN ('F51', 'F52', 'I64')
      AND CASE WHEN online_sales_y2 > 0
               THEN (online_sales_y1::HUGEINT - online_sales_y2) * 100 >= 15 * online_sales_y2::HUGEINT END
      AND online_sales_y1 - online_sales_y2 >= 1000 * wan
      AND NOT online_penalty_y1 AND NOT false_reporting
)
WHERE gross > 0
