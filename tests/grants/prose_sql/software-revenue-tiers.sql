-- software-revenue-tiers 软件业务收入规模分级奖励: what the clauses were understood to say
-- 一 district 320114; software firm; no tax owed.
-- 二 last year's software revenue reaches a step (5000 wan, 1, 5, 10, 50, 100 yi) that the best earlier year
--    did not reach.
-- 三 awards 5, 10, 15, 20, 50, 100 wan; a step whose predecessor was reached earlier gives all, otherwise the
--    difference to its predecessor, which counts as a stage of its own.
-- 四 no serious dishonesty.
SELECT firm, stage,
       (CASE WHEN software_revenue_best >= below * wan THEN full_award ELSE full_award - below_award END * wan)::BIGINT AS fen
FROM firms, today, (SELECT 1000000::HUGEINT AS wan),
     (VALUES ('第一级', 5000, 5, 0, 0),
             ('第二级', 10000, 10, 5000, 5),
             ('第三级', 50000, 15, 10000, 10),
             ('第四级', 100000, 20, 50000, 15),
             ('第五级', 500000, 50, 100000, 20),
             ('第六级', 1000000, 100, 500000, 50)) AS step(stage, reach, full_award, below, below_award)
WHERE day >= DATE '2019-07-01'
  AND district = '320114' AND software_firm AND tax_clean
  AND software_revenue_y1 >= reach * wan AND software_revenue_best < reach * wan
  AND NOT serious_dishonesty
