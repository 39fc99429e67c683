-- park-operators 产业园区运营机构奖励: what the clauses were understood to say
-- 一 district 320114; >= 10,000 sqm to let.
-- 二 vacant / total < 30 % (none: unknown).
-- 三 tax target met, or new high-tech and new reporting firms together >= 10.
-- 四 2 wan a high-tech firm + 3 wan a reporting firm, together at least 1 firm, at most 100 wan.
-- 五 no open fire hazard, no safety accident, no serious dishonesty.
SELECT firm, '' AS stage, LEAST(gross, 100 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, park_hi_tech_new_y1 * 2 * wan + park_reporting_new_y1 * 3 * wan AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND park_total_sqm >= 10000
      AND CASE WHEN park_total_sqm > 0 THEN park_vacant_sqm * 100::HUGEINT < 30 * park_total_sqm::HUGEINT END
      AND (park_tax_met OR park_hi_tech_new_y1 + park_reporting_new_y1 >= 10)
      AND park_hi_tech_new_y1 + park_reporting_new_y1 >= 1
      AND NOT park_fire_open AND NOT safety_accident_y1 AND NOT serious_dishonesty
)
WHERE gross > 0
