-- first-software 首版次软件推广奖励: what the clauses were understood to say
-- 一 district 320114; industry I64 or I65.
-- 二 recognised in the calendar year before the day.
-- 三 national, or provincial with sales >= 100 wan.
-- 四 20 wan + 10 % of the sales, down to 1 yuan, at most 100 wan.
-- 五 no infringement.
SELECT firm, '' AS stage, LEAST(gross, 100 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, (20 * wan * 100 + first_software_sold_y1::HUGEINT * 10) // (100 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2028-12-31'
      AND district = '320114' AND industry IN ('I64', 'I65')
      AND year(first_software_on) = year(day) - 1
      AND (first_software_level = 'national'
           OR (first_software_level = 'provincial' AND first_software_sold_y1 >= 100 * wan))
      AND NOT software_infringement
)
WHERE gross > 0
