-- otc-listing 新四板挂牌奖补: what the clauses were understood to say
-- 一 district 320114; active company.
-- 二 listed in the calendar year before the day on the value or growth board, and still listed.
-- 三 value board 20 wan, growth board 10 wan.
-- 四 no upgrade award paid, no serious dishonesty.
SELECT firm, '' AS stage, CASE otc_board WHEN 'value' THEN 20000000::BIGINT ELSE 10000000 END AS fen
FROM firms, today
WHERE day >= DATE '2025-01-01'
  AND district = '320114' AND status = 'active' AND entity_type = 'company'
  AND year(otc_listed_on) = year(day) - 1 AND otc_board IN ('value', 'growth') AND otc_listed
  AND NOT otc_upgrade_paid AND NOT serious_dishonesty
