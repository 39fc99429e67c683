-- guarantee-fee 融资担保费补助: what the clauses were understood to say
-- 一 district 320114; medium, small or micro (not large).
-- 二 guarantor in the public system; guaranteed loans <= 1000 wan; fee / loans <= 1 % (no loans: unknown).
-- 三 no real collateral, or a technology SME.
-- 四 fee rate <= 0.5 %: 80 % of the fee, above: 50 %; half-up to 1 yuan, at most 4 wan (joint cap comes
--    later).
-- 五 nothing overdue.
SELECT firm, '' AS stage, LEAST(gross, 4 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (2 * guarantee_fee_y1 * CASE WHEN guarantee_fee_y1::HUGEINT * 1000 <= 5 * guaranteed_y1::HUGEINT
                                        THEN 80::HUGEINT ELSE 50 END + 100 * yuan) // (2 * 100 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND firm_size IN ('medium', 'small', 'micro')
      AND guarantee_backed AND guaranteed_y1 <= 1000 * wan
      AND CASE WHEN guaranteed_y1 > 0 THEN guarantee_fee_y1::HUGEINT * 100 <= guaranteed_y1::HUGEINT END
      AND (NOT guarantee_collateral OR tech_sme)
      AND NOT loan_overdue
)
WHERE gross > 0
