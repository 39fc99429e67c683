-- equity-investment 股权投资机构投早投小奖励: what the clauses were understood to say
-- 一 registered fund manager or registered fund; its own district does not matter.
-- 二 invested >= 300 wan, or >= 3 firms for the first time.
-- 三 the youngest investment held >= 6 months; not related.
-- 四 2 % of the money + 3 wan a firm, together down to 1000 yuan, at most 200 wan (the joint cap is the
--    group's).
-- 五 not published as abnormal or struck off.
-- 六 no dishonest debtor.
SELECT firm, '' AS stage, LEAST(gross, 200 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (early_invested_y1::HUGEINT * 2 + early_firms_y1 * 3 * wan * 100) // (100 * 1000 * yuan) * (1000 * yuan) AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND (fund_manager OR fund_registered)
      AND (early_invested_y1 >= 300 * wan OR early_firms_y1 >= 3)
      AND early_held_months >= 6 AND NOT early_related
      AND NOT fund_abnormal
      AND NOT dishonest_debtor
)
WHERE gross > 0
