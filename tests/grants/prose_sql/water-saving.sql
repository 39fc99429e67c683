-- water-saving 节水型企业奖励: what the clauses were understood to say
-- 一 district 320114; named a water-saving firm.
-- 二 used <= 90 % of the plan (no plan: unknown).
-- 三 use fell >= 10 % (year before zero: unknown) and by >= 10,000 cubic metres.
-- 四 own well only with a valid permit.
-- 五 by the fall from 10,000 / 50,000 / 100,000 cubic metres: 3 / 8 / 15 wan.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE WHEN water_used_y2 - water_used_y1 >= 100000 THEN 15 * wan
                WHEN water_used_y2 - water_used_y1 >= 50000 THEN 8 * wan
                WHEN water_used_y2 - water_used_y1 >= 10000 THEN 3 * wan END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND water_saving_named
      AND CASE WHEN water_plan_y1 > 0 THEN water_used_y1 * 100::HUGEINT <= 90 * water_plan_y1::HUGEINT END
      AND CASE WHEN water_used_y2 > 0
               THEN (water_used_y2 - water_used_y1) * 100::HUGEINT >= 10 * water_used_y2::HUGEINT END
      AND water_used_y2 - water_used_y1 >= 10000
      AND (NOT own_well OR water_permit_valid)
)
WHERE gross > 0
