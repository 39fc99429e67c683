-- software-copyright 软件著作权登记资助: what the clauses were understood to say
-- 一 district 320114; industry I64 or I65, or technology SME.
-- 二 founded on or before the day, later than the day 60 months back.
-- 三 500 yuan a copyright, at least 1, at most 2 wan.
-- 四 not on the abnormal list.
SELECT firm, '' AS stage, LEAST(gross, 2 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, software_copyrights_y1 * 500 * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2026-01-01'
      AND district = '320114' AND (industry IN ('I64', 'I65') OR tech_sme)
      AND registered_on <= day AND registered_on > day - INTERVAL 60 MONTH
      AND software_copyrights_y1 >= 1
      AND NOT abnormal_operation
)
WHERE gross > 0
