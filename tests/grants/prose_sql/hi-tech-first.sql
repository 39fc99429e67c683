-- hi-tech-first 首次认定高新技术企业（涉软）奖励: what the clauses were understood to say
-- 一 district 320114; industry I65, or counted as a software firm.
-- 二 high-tech for the first time, certificate valid, issued in the calendar year before the day.
-- 三 5 wan; not for firms that moved in.
-- 四 not on the abnormal list.
SELECT firm, '' AS stage, 5000000::BIGINT AS fen
FROM firms, today
WHERE day >= DATE '2019-07-01'
  AND district = '320114' AND (industry = 'I65' OR software_firm)
  AND hi_tech_first AND hi_tech AND year(hi_tech_on) = year(day) - 1
  AND NOT moved_in
  AND NOT abnormal_operation
