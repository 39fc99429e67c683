-- standards 标准制定奖励: what the clauses were understood to say
-- 2026
-- 一 district 320114; active.
-- 二 led >= 1 standard (international, national, industry together), or joined >= 2 national ones.
-- 三 30 / 20 / 10 wan for each led, 3 wan for each joined; added, at most 100 wan; no serious dishonesty, no
--    dishonest debtor.
-- 2027
-- 一 as before.
-- 二 led >= 1.
-- 三 40 / 20 / 5 wan for each led; at most 120 wan; as before.
WITH fit AS (
    SELECT *, standards_international_y1 + standards_national_y1 + standards_industry_y1 AS led
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE district = '320114' AND status = 'active'
      AND NOT serious_dishonesty AND NOT dishonest_debtor
)
SELECT firm, '' AS stage, LEAST(gross, cap)::BIGINT AS fen
FROM (
    SELECT firm, 100 * wan AS cap,
           (standards_international_y1 * 30 + standards_national_y1 * 20 + standards_industry_y1 * 10
            + standards_joined_y1 * 3) * wan AS gross
    FROM fit
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2026-12-31' AND (led >= 1 OR standards_joined_y1 >= 2)
    UNION ALL
    SELECT firm, 120 * wan,
           (standards_international_y1 * 40 + standards_national_y1 * 20 + standards_industry_y1 * 5) * wan
    FROM fit
    WHERE day >= DATE '2027-01-01' AND led >= 1
)
WHERE gross > 0
