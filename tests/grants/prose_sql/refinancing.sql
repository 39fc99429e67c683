-- refinancing 上市企业再融资奖励: what the clauses were understood to say
-- 一 district 320114; listed in the mainland.
-- 二 refinanced in the calendar year before the day by rights issue, private or public placement, or
--    convertible bond.
-- 三 >= 50 % of the net proceeds go to projects here (not above zero: unknown).
-- 四 0.05 % of the net proceeds, down to 1 yuan, at most 100 wan.
-- 五 no dishonest debtor, no large unrepaired penalty.
SELECT firm, '' AS stage, LEAST(gross, 100 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, refinanced::HUGEINT * 5 // (10000 * yuan) * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2023-01-01'
      AND district = '320114' AND listed
      AND year(refinanced_on) = year(day) - 1 AND refinance_kind IN ('rights', 'private', 'public', 'convertible')
      AND CASE WHEN refinanced > 0 THEN refinance_here::HUGEINT * 100 >= 50 * refinanced::HUGEINT END
      AND NOT dishonest_debtor AND NOT major_penalty_1y
)
WHERE gross > 0
