-- hard-employment-insurance 吸纳就业困难人员社会保险补贴: what the clauses were understood to say
-- 一 district 320114; active; no labour dispatch firm.
-- 二 at least 1 person in hardship employed, contracts of a year with all of them.
-- 三 share of the insured staff >= 30 %: all of the contributions, else 60 %; down to 1 fen, less other
--    subsidies; no staff: unknown.
-- 四 not on the list of wage arrears.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           hard_social_paid * CASE
               WHEN insured_now > 0 AND hard_employed * 100::HUGEINT >= 30 * insured_now::HUGEINT THEN 100::HUGEINT
               WHEN insured_now > 0 AND hard_employed * 100::HUGEINT < 30 * insured_now::HUGEINT THEN 60
           END // 100 - hard_social_other AS gross
    FROM firms, today
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND status = 'active' AND NOT is_dispatch
      AND hard_employed >= 1 AND hard_contract_1y
      AND NOT wage_arrears
)
WHERE gross > 0
