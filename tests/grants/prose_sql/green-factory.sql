-- green-factory 绿色工厂认定奖励: what the clauses were understood to say
-- 2025 (list published in 2025)
-- 一 district 320114; municipal, provincial or national.
-- 二 published on or before the day, later than the day 24 months back.
-- 三 national 50, provincial 30, municipal 10 wan.
-- 四 no environmental penalty.  五 clawback only.
-- 2026 (published from 2026-01-01)
-- 一 district 320114; provincial or national.
-- 二 same window.
-- 三 energy fell >= 3 %, or green power >= 10 % of power (denominator zero: unknown).
-- 四 no environmental penalty, no safety accident.
-- 五 national 80, provincial 40 wan.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE green_factory_level
               WHEN 'national' THEN 50 * wan WHEN 'provincial' THEN 30 * wan WHEN 'municipal' THEN 10 * wan
           END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE green_factory_on BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
      AND district = '320114' AND green_factory_level IN ('municipal', 'provincial', 'national')
      AND green_factory_on <= day AND green_factory_on > day - INTERVAL 24 MONTH
      AND NOT env_penalty_y1
    UNION ALL
    SELECT firm, CASE green_factory_level WHEN 'national' THEN 80 * wan WHEN 'provincial' THEN 40 * wan END
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE green_factory_on >= DATE '2026-01-01'
      AND district = '320114' AND green_factory_level IN ('provincial', 'national')
      AND green_factory_on <= day AND green_factory_on > day - INTERVAL 24 MONTH
      AND (CASE WHEN energy_tce_y2 > 0
                THEN (energy_tce_y2 - energy_tce_y1) * 100::HUGEINT >= 3 * energy_tce_y2::HUGEINT END
           OR CASE WHEN power_used_y1 > 0 THEN green_power_y1 * 100::HUGEINT >= 10 * power_used_y1::HUGEINT END)
      AND NOT env_penalty_y1 AND NOT safety_accident_y1
)
WHERE gross > 0
