-- training-retention 一次性留工培训补助: what the clauses were understood to say
-- 2022
-- 一 insured in the district (read as district 320114), at least 1 insured now.
-- 二 listed area, or listed industry and medium, small or micro.
-- 三 500 yuan a head.
-- 四 no training subsidy this year, no serious dishonesty.
-- 2026
-- 一 insured in the district; premiums paid in full for >= 6 months.
-- 二 listed area or listed industry.
-- 三 now at most 10 % fewer insured than at last year's end (zero then: unknown).
-- 四 500 yuan a head, at most 50 wan.
-- 五 no training subsidy this year, no labour dispatch firm, no zombie firm.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm, insured_now * 500 * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan)
    WHERE day BETWEEN DATE '2022-05-01' AND DATE '2022-12-31'
      AND district = '320114' AND insured_now >= 1
      AND (retention_area OR (retention_industry AND firm_size IN ('medium', 'small', 'micro')))
      AND NOT training_subsidy_y0 AND NOT serious_dishonesty
    UNION ALL
    SELECT firm, CASE WHEN insured_now IS NOT NULL THEN LEAST(insured_now * 500 * yuan, 500000 * yuan) END
    FROM firms, today, (SELECT 100::HUGEINT AS yuan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'
      AND district = '320114' AND ui_full_months >= 6
      AND (retention_area OR retention_industry)
      AND CASE WHEN insured_end_y1 > 0
               THEN (insured_end_y1 - insured_now) * 100::HUGEINT <= 10 * insured_end_y1::HUGEINT END
      AND NOT training_subsidy_y0 AND NOT is_dispatch AND NOT zombie_firm
)
WHERE gross > 0
