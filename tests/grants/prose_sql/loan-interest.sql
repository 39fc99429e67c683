-- loan-interest 小微企业贷款贴息: what the clauses were understood to say
-- 一 district 320114; small or micro; at least 1 insured.
-- 二 interest above zero, and interest / average balance <= 6 % (zero balance: unknown).
-- 三 rate >= 3 %: 1.5 % of the balance, below: 50 % of the interest; down to 1 yuan, less other subsidies, at
--    most 20 wan.
-- 四 nothing overdue, not for property, no dishonest debtor.
-- 五, 六 budget and joint cap come later.
SELECT firm, '' AS stage, LEAST(gross, 20 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           CASE WHEN loan_interest_y1::HUGEINT * 100 >= 3 * loan_principal_y1::HUGEINT
                THEN loan_principal_y1::HUGEINT * 15
                ELSE loan_interest_y1::HUGEINT * 500 END // (1000 * yuan) * yuan - loan_interest_other AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND firm_size IN ('small', 'micro') AND insured_now >= 1
      AND loan_interest_y1 > 0
      AND CASE WHEN loan_principal_y1 > 0 THEN loan_interest_y1::HUGEINT * 100 <= 6 * loan_principal_y1::HUGEINT END
      AND NOT loan_overdue AND NOT loan_for_property AND NOT dishonest_debtor
)
WHERE gross > 0
