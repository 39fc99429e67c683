-- disabled-employment 超比例安排残疾人就业奖励: what the clauses were understood to say
-- 一 district 320114; levy declared and paid, or exempt.
-- 二 disabled staff / average staff > 1.5 % (no staff: unknown), and at least 1 more than required.
-- 三 14,940 yuan for each above the required number, at most 20 wan.
-- 四 no wage below the minimum, not on the list of wage arrears.
SELECT firm, '' AS stage, LEAST(gross, 20 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan, (disabled_employed_y1 - disabled_required_y1) * 14940 * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day >= DATE '2025-01-01'
      AND district = '320114' AND disabled_levy_settled
      AND CASE WHEN staff_avg_y1 > 0 THEN disabled_employed_y1 * 1000::HUGEINT > 15 * staff_avg_y1::HUGEINT END
      AND disabled_employed_y1 - disabled_required_y1 >= 1
      AND NOT disabled_wage_below AND NOT wage_arrears
)
WHERE gross > 0
