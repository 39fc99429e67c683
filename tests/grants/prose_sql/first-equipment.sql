-- first-equipment 首台（套）重大技术装备奖补: what the clauses were understood to say
-- 一 district 320114; industry C34 to C40.
-- 二 provincial or national level, recognised on or before the day, later than the day 36 months back.
-- 三 stage 认定: national 60 wan, provincial 30 wan.
-- 四 stage 首销: sold less sold to related parties >= 300 wan: 5 % of that, down to 1 yuan; both stages together
--    at most 200 wan, the later one is cut.
-- 五 not revoked; no safety accident last year.
WITH fit AS (
    SELECT firm, wan,
           CASE first_equipment_level WHEN 'national' THEN 60 * wan WHEN 'provincial' THEN 30 * wan END AS named,
           CASE WHEN first_equipment_sold - first_equipment_sold_related >= 300 * wan
                THEN (first_equipment_sold::HUGEINT - first_equipment_sold_related) * 5 // (100 * yuan) * yuan
           END AS sold
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND industry IN ('C34', 'C35', 'C36', 'C37', 'C38', 'C39', 'C40')
      AND first_equipment_level IN ('provincial', 'national')
      AND first_equipment_on <= day AND first_equipment_on > day - INTERVAL 36 MONTH
      AND NOT first_equipment_revoked AND NOT safety_accident_y1
)
SELECT firm, '认定' AS stage, named::BIGINT AS fen FROM fit WHERE named > 0
UNION ALL
SELECT firm, '首销', LEAST(sold, 200 * wan - named)::BIGINT FROM fit WHERE sold > 0
