-- private-fund-settling 私募基金落户奖励: what the clauses were understood to say
-- 一 district 320114; company or partnership; registered fund or registered manager; venture capital or
--    private equity.
-- 二 founded, or moved in from outside, on or before the day and later than the day 24 months back.
-- 三 invested here >= 20 % of the fund (zero: unknown).
-- 四 fund from 1 / 3 / 10 yi: 50 / 120 / 300 wan; below 1 yi nothing.
-- 五 not published as abnormal or struck off.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE WHEN fund_paid_in >= 100000 * wan THEN 300 * wan
                WHEN fund_paid_in >= 30000 * wan THEN 120 * wan
                WHEN fund_paid_in >= 10000 * wan THEN 50 * wan END AS gross
    FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2024-01-01'
      AND district = '320114' AND entity_type IN ('company', 'partnership')
      AND (fund_registered OR fund_manager) AND fund_kind IN ('vc', 'pe')
      AND ((registered_on <= day AND registered_on > day - INTERVAL 24 MONTH)
           OR (moved_in AND moved_in_on <= day AND moved_in_on > day - INTERVAL 24 MONTH))
      AND CASE WHEN fund_paid_in > 0 THEN fund_invested_here::HUGEINT * 100 >= 20 * fund_paid_in::HUGEINT END
      AND NOT fund_abnormal
)
WHERE gross > 0
