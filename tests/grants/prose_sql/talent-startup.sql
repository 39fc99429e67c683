-- talent-startup 高层次人才创业分期资助: what the clauses were understood to say
-- 一 district 320114; company; founder in plan A, B or C, published from 2023-01-01.
-- 二 founder's paid-in capital >= 30 % of the registered capital (zero: unknown); founded on or before the
--    day, later than the day 60 months back.
-- 三 stage 启动: >= 1 insured: A 100, B 50, C 20 wan.
-- 四 stage 中期: midterm passed, and >= 5 insured or revenue >= 200 wan: A 100, B 50, C 20 wan.
-- 五 stage 期满: final passed and revenue >= 500 wan: A 200, B 100, C 40 wan; all stages at most 400 wan (which
--    they never exceed).
-- 六 no bankruptcy accepted, no dishonest debtor.
WITH fit AS (
    SELECT *, CASE talent_level WHEN 'A' THEN 100 * wan WHEN 'B' THEN 50 * wan WHEN 'C' THEN 20 * wan END AS award
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2023-01-01' AND talent_selected_on >= DATE '2023-01-01'
      AND district = '320114' AND entity_type = 'company' AND talent_level IN ('A', 'B', 'C')
      AND CASE WHEN registered_capital > 0 THEN talent_paid_in::HUGEINT * 100 >= 30 * registered_capital::HUGEINT END
      AND registered_on <= day AND registered_on > day - INTERVAL 60 MONTH
      AND NOT bankruptcy_accepted AND NOT dishonest_debtor
)
SELECT firm, '启动' AS stage, award::BIGINT AS fen FROM fit WHERE insured_now >= 1
UNION ALL
SELECT firm, '中期', award::BIGINT
FROM fit WHERE talent_midterm_passed AND (insured_now >= 5 OR revenue_y1 >= 200 * wan)
UNION ALL
SELECT firm, '期满', (2 * award)::BIGINT
FROM fit WHERE talent_final_passed AND revenue_y1 >= 500 * wan
