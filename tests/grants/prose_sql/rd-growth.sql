-- rd-growth 企业研发费用增长奖补: what the clauses were understood to say
-- 一 district 320114; no tax owed; technology SME or high-tech.
-- 二 deducted R&D >= 100 wan, above the year before, >= 3 % of revenue (not above zero: unknown).
-- 三 nothing the year before: 5 % of it, else 10 % of the increase; down to 100 yuan, less provincial and city
--    awards, at most 50 wan.
-- 四 no large unrepaired penalty.
SELECT firm, '' AS stage, LEAST(gross, 50 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           CASE WHEN rd_deduction_y2 = 0 THEN rd_deduction_y1::HUGEINT * 5
                ELSE (rd_deduction_y1::HUGEINT - rd_deduction_y2) * 10 END
           // (100 * 100 * yuan) * (100 * yuan) - rd_award_province AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND tax_clean AND (tech_sme OR hi_tech)
      AND rd_deduction_y1 >= 100 * wan AND rd_deduction_y1 > rd_deduction_y2
      AND CASE WHEN revenue_y1 > 0 THEN rd_deduction_y1::HUGEINT * 100 >= 3 * revenue_y1::HUGEINT END
      AND NOT major_penalty_1y
)
WHERE gross > 0
