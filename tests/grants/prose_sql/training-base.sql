-- training-base 职业技能实训基地绩效补助: what the clauses were understood to say
-- 一 district 320114; district, municipal or provincial training base; valid school permit.
-- 二 >= 100 trained, certified >= 70 % of them.
-- 三 employed >= 50 % of the certified (none: unknown), or >= 5 orders of firms.
-- 四 500 yuan a certificate; >= 100 employed another 5 wan, >= 300 another 15 wan; at most 80 wan.
-- 五 no fraud; no training subsidy this year.
SELECT firm, '' AS stage, LEAST(gross, 80 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           trained_certified_y1 * 500 * yuan
           + CASE WHEN trained_employed_y1 >= 300 THEN 15 * wan
                  WHEN trained_employed_y1 >= 100 THEN 5 * wan
                  WHEN trained_employed_y1 < 100 THEN 0 END AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND training_base_level IN ('district', 'municipal', 'provincial') AND training_permit
      AND trained_y1 >= 100
      AND CASE WHEN trained_y1 > 0 THEN trained_certified_y1 * 100::HUGEINT >= 70 * trained_y1::HUGEINT END
      AND (CASE WHEN trained_certified_y1 > 0
                THEN trained_employed_y1 * 100::HUGEINT >= 50 * trained_certified_y1::HUGEINT END
           OR training_orders_y1 >= 5)
      AND NOT training_fraud_y1 AND NOT training_subsidy_y0
)
WHERE gross > 0
