-- patents 专利转化运用与海外布局资助: what the clauses were understood to say
-- 一 district 320114.
-- 二 home: >= 5 patents and income >= 20 wan: 5 % of the income; otherwise nothing.
-- 三 abroad: 8000 yuan an application, at least 1.
-- 四 at least one of the two; added, down to 1 yuan, less other money, at most 50 wan.
-- 五 no abnormal applications, no serious dishonesty.
SELECT firm, '' AS stage, LEAST(gross, 50 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (CASE WHEN home THEN patent_income_y1::HUGEINT * 5 WHEN NOT home THEN 0 END
            + patents_foreign_y1 * 8000 * yuan * 100) // (100 * yuan) * yuan - patents_superior_y1 AS gross
    FROM (
        SELECT *, patents_held >= 5 AND patent_income_y1 >= 20 * wan AS home
        FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    )
    WHERE day >= DATE '2026-01-01'
      AND district = '320114'
      AND (home OR patents_foreign_y1 >= 1)
      AND NOT patents_abnormal_y1 AND NOT serious_dishonesty
)
WHERE gross > 0
