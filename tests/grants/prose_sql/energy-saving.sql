-- energy-saving 节能改造奖励: what the clauses were understood to say
-- 一 district 320114; project done in the calendar year before the day.
-- 二 saving >= 500 tce, or >= 200 tce and consumption fell >= 5 % (year before zero: unknown).
-- 三 300 yuan a tce, less superior awards, at most 100 wan (pro rata comes later).
-- 四 not on the over-limit list; no large unrepaired penalty.
SELECT firm, '' AS stage, LEAST(gross, 100 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, energy_saved_tce * 300 * yuan - energy_superior_fen AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND year(energy_project_done_on) = year(day) - 1
      AND (energy_saved_tce >= 500
           OR (energy_saved_tce >= 200
               AND CASE WHEN energy_tce_y2 > 0
                        THEN (energy_tce_y2 - energy_tce_y1) * 100::HUGEINT >= 5 * energy_tce_y2::HUGEINT END))
      AND NOT energy_over_limit AND NOT major_penalty_1y
)
WHERE gross > 0
