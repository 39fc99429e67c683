-- compute-vouchers 智能算力券: what the clauses were understood to say
-- 一 district 320114; not a large firm.
-- 二 generative AI filed, or high-tech, or technology SME.
-- 三 compute spending >= 20 wan, of which to the public platform of the district >= 50 % (zero spending:
--    unknown).
-- 四 of what was paid to that platform 40 % with AI filed, else 25 %, down to 1 yuan, at most 100 wan (pro
--    rata of the budget comes later).
-- 五 supplier not related; no serious dishonesty.
SELECT firm, '' AS stage, LEAST(gross, 100 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           compute_local_y1 * CASE WHEN ai_model_filed THEN 40::HUGEINT WHEN NOT ai_model_filed THEN 25 END
           // (100 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2027-12-31'
      AND district = '320114' AND firm_size <> 'large'
      AND (ai_model_filed OR hi_tech OR tech_sme)
      AND compute_spend_y1 >= 20 * wan
      AND CASE WHEN compute_spend_y1 > 0 THEN compute_local_y1::HUGEINT * 100 >= 50 * compute_spend_y1::HUGEINT END
      AND NOT compute_from_related AND NOT serious_dishonesty
)
WHERE gross > 0
