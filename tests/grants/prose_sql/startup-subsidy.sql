-- startup-subsidy 一次性创业补贴和带动就业补贴: what the clauses were understood to say
-- 一 district 320114; company, partnership, sole trader or cooperative; not on the abnormal list; founder of
--    one of five kinds and founding in the city for the first time.
-- 二 founded on the day 6 months back at the latest, later than the day 36 months back.
-- 三 stage 创业: founder insured here >= 6 months: 1 wan.
-- 四 stage 带动就业: up to 5 jobs 2000 yuan each, more than 5: 1 wan and another 1 wan; both stages at most 2.5
--    wan, the later one is cut. An earlier stage that is
--    unknown takes nothing of it yet.
WITH fit AS (
    SELECT firm, yuan,
           CASE WHEN founder_insured_months >= 6 THEN 10000 * yuan WHEN founder_insured_months < 6 THEN 0 END AS a,
           CASE WHEN startup_jobs <= 5 THEN startup_jobs * 2000 * yuan WHEN startup_jobs > 5 THEN 20000 * yuan END AS b
    FROM firms, today, (SELECT 100::HUGEINT AS yuan)
    WHERE day >= DATE '2024-01-01'
      AND district = '320114' AND entity_type IN ('company', 'partnership', 'sole-trader', 'cooperative')
      AND NOT abnormal_operation
      AND founder_category IN ('student', 'graduate', 'returnee', 'veteran', 'unemployed') AND founder_first
      AND registered_on <= day - INTERVAL 6 MONTH AND registered_on > day - INTERVAL 36 MONTH
)
SELECT firm, '创业' AS stage, a::BIGINT AS fen FROM fit WHERE a > 0
UNION ALL
SELECT firm, '带动就业', LEAST(b, 25000 * yuan - coalesce(a, 0))::BIGINT
FROM fit WHERE b > 0
