-- trade-credit-insurance 贸易信用保险保费补助: what the clauses were understood to say
-- 一 district 320114; tax credit A or B.
-- 二 export and home premiums together >= 2 wan; either unknown: unknown.
-- 三 home premium zero, or home premium / insured sales <= 0.6 %.
-- 四 50 % of the export premium + 30 % of the home premium, half-up to 100 yuan, less other subsidies, at most
--    25 wan.
-- 五 no fraud, no dishonest debtor.
SELECT firm, '' AS stage, LEAST(gross, 25 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (2 * (credit_export_premium::HUGEINT * 50 + credit_home_premium::HUGEINT * 30) + 100 * 100 * yuan)
           // (2 * 100 * 100 * yuan) * (100 * yuan) - credit_premium_other AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND tax_grade_ab
      AND credit_export_premium + credit_home_premium >= 2 * wan
      AND (credit_home_premium = 0
           OR CASE WHEN credit_home_sales > 0
                   THEN credit_home_premium::HUGEINT * 1000 <= 6 * credit_home_sales::HUGEINT END)
      AND NOT credit_insurance_fraud AND NOT dishonest_debtor
)
WHERE gross > 0
