-- graduate-hiring 一次性扩岗补助: what the clauses were understood to say
-- 2025
-- 一 district 320114; no labour dispatch firm.
-- 二 graduates insured 3 months less those already claimed: at least 1.
-- 三 1500 yuan each.
-- 四 no serious dishonesty.
-- 2026
-- 一 as before.
-- 二 the same number (甲) at least 1, or registered unemployed youth insured 3 months (乙) at least 1.
-- 三 1500 yuan for each of both, added; either unknown: unknown. Fewer than no graduates are none.
-- 四 no serious dishonesty.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm, (graduates_insured_3m - graduates_claimed) * 1500 * yuan AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan)
    WHERE day BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'
      AND district = '320114' AND NOT is_dispatch
      AND graduates_insured_3m - graduates_claimed >= 1
      AND NOT serious_dishonesty
    UNION ALL
    SELECT firm,
           (CASE WHEN graduates_insured_3m >= graduates_claimed THEN graduates_insured_3m - graduates_claimed
                 WHEN graduates_insured_3m < graduates_claimed THEN 0 END
            + youth_insured_3m) * 1500 * yuan
    FROM firms, today, (SELECT 100::HUGEINT AS yuan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'
      AND district = '320114' AND NOT is_dispatch
      AND (graduates_insured_3m - graduates_claimed >= 1 OR youth_insured_3m >= 1)
      AND NOT serious_dishonesty
)
WHERE gross > 0
