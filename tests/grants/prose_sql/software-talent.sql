-- software-talent 软件人才综合补贴: what the clauses were understood to say
-- 2024
-- 一 district 320114; software firm; tax credit A or B; >= 20 insured.
-- 二 at least 1 talent with taxable pay >= 50 wan.
-- 三 50 to 100 wan 2 wan each, from 100 wan 4 wan each; at most 200 wan.
-- 四 not on the list of wage arrears.
-- 2026
-- 一 the same with >= 10 insured, or high-tech.
-- 二 at least 1 talent with >= 30 wan (the three steps together).
-- 三 30 to 50 wan 8000 yuan each, 50 to 100 wan 2 wan, from 100 wan 4 wan; at most 300 wan.
-- 四 as before.
WITH fit AS (
    SELECT *
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE district = '320114' AND software_firm AND tax_grade_ab AND NOT wage_arrears
)
SELECT firm, '' AS stage, LEAST(gross, cap)::BIGINT AS fen
FROM (
    SELECT firm, 200 * wan AS cap, talents_50_y1 * 2 * wan + talents_100_y1 * 4 * wan AS gross
    FROM fit
    WHERE day BETWEEN DATE '2024-01-01' AND DATE '2025-12-31'
      AND insured_now >= 20
      AND talents_50_y1 + talents_100_y1 >= 1
    UNION ALL
    SELECT firm, 300 * wan, talents_30_y1 * 8000 * yuan + talents_50_y1 * 2 * wan + talents_100_y1 * 4 * wan
    FROM fit
    WHERE day >= DATE '2026-01-01'
      AND (insured_now >= 10 OR hi_tech)
      AND talents_30_y1 + talents_50_y1 + talents_100_y1 >= 1
)
WHERE gross > 0
