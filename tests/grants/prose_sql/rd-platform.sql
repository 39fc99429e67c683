-- rd-platform 研发平台认定奖励: what the clauses were understood to say
-- 2025 (recognised in 2025)
-- 一 district 320114; provincial or national platform.
-- 二 recognised on or before the day, later than the day 24 months back; >= 10 research staff.
-- 三 national 80, provincial 30 wan; no serious dishonesty.
-- 2026 (recognised from 2026-01-01)
-- 一 as before.  二 same window.
-- 三 >= 10 research staff, or >= 8 % of the insured (none: unknown).
-- 四 national 100, provincial 50 wan; no serious dishonesty.
WITH fit AS (
    SELECT *
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE district = '320114' AND rd_platform_level IN ('provincial', 'national')
      AND rd_platform_on <= day AND rd_platform_on > day - INTERVAL 24 MONTH
      AND NOT serious_dishonesty
)
SELECT firm, '' AS stage, (CASE rd_platform_level WHEN 'national' THEN 80 * wan ELSE 30 * wan END)::BIGINT AS fen
FROM fit
WHERE rd_platform_on BETWEEN DATE '2025-01-01' AND DATE '2025-12-31' AND rd_platform_staff >= 10
UNION ALL
SELECT firm, '', (CASE rd_platform_level WHEN 'national' THEN 100 * wan ELSE 50 * wan END)::BIGINT
FROM fit
WHERE rd_platform_on >= DATE '2026-01-01'
  AND (rd_platform_staff >= 10
       OR CASE WHEN insured_now > 0 THEN rd_platform_staff * 100::HUGEINT >= 8 * insured_now::HUGEINT END)
