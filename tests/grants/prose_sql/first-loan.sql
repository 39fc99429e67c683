-- first-loan 首贷户奖励: what the clauses were understood to say
-- 2024 (loan granted 2024-07-01 to 2025-12-31, both included)
-- 一 district 320114; company, sole trader or cooperative.
-- 二 first loan ever; granted on or before the day, later than the day 12 months back.
-- 三 0.5 % of the loan, down to 1 yuan, at most 2 wan (not with loan-interest, and the joint cap, come later).
-- 四 no serious dishonesty.
-- 2026 (loan granted from 2026-01-01)
-- 一 district 320114; small or micro firm, or sole trader whatever its size.
-- 二 first loan ever of 10 wan to 1000 wan, both included; same window.
-- 三 unsecured 1.5 %, other 1 %, down to 1 yuan, at most 5 wan (first-come budget comes later).
-- 四 no serious dishonesty, nothing overdue.
SELECT firm, '' AS stage, LEAST(gross, 2 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, first_loan_amount::HUGEINT * 5 // (1000 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE first_loan_on BETWEEN DATE '2024-07-01' AND DATE '2025-12-31'
      AND district = '320114' AND entity_type IN ('company', 'sole-trader', 'cooperative')
      AND first_loan AND first_loan_on <= day AND first_loan_on > day - INTERVAL 12 MONTH
      AND NOT serious_dishonesty
)
WHERE gross > 0
UNION ALL
SELECT firm, '', LEAST(gross, 5 * wan)::BIGINT
FROM (
    SELECT firm, wan,
           first_loan_amount * CASE WHEN first_loan_unsecured THEN 15::HUGEINT WHEN NOT first_loan_unsecured THEN 10 END
           // (1000 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE first_loan_on >= DATE '2026-01-01'
      AND district = '320114' AND (firm_size IN ('small', 'micro') OR entity_type = 'sole-trader')
      AND first_loan AND first_loan_amount BETWEEN 10 * wan AND 1000 * wan
      AND first_loan_on <= day AND first_loan_on > day - INTERVAL 12 MONTH
      AND NOT serious_dishonesty AND NOT loan_overdue
)
WHERE gross > 0
