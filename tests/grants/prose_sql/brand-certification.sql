-- brand-certification “江苏精品”品牌认证奖励: what the clauses were understood to say
-- 一 district 320114, founded on 2022-12-31 at the latest.
-- 二 valid certificate, first issued in the calendar year of the decision or the one before; at least 1
--    product.
-- 三 10 wan + 2 wan a product + 5 wan when the firm led the standard; together at most 25 wan.
-- 四 no quality accident, not on the abnormal list, no large unrepaired penalty within a year.
SELECT firm, '' AS stage, LEAST(gross, 25 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           10 * wan + 2 * wan * brand_products
           + CASE WHEN standard_lead THEN 5 * wan WHEN NOT standard_lead THEN 0 END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2024-01-01'
      AND district = '320114' AND registered_on <= DATE '2022-12-31'
      AND brand_certified AND year(brand_certified_on) IN (year(day), year(day) - 1)
      AND brand_products >= 1
      AND NOT product_incident AND NOT abnormal_operation AND NOT major_penalty_1y
)
WHERE gross > 0
