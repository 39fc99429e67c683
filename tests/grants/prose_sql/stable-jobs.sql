-- stable-jobs 失业保险稳岗返还: what the clauses were understood to say
-- 一 insured in the district (read as district 320114); firms, social bodies, law and accounting firms, sole
--    traders; premiums paid in full for >= 12 months.
-- 二 layoff rate <= 5.5 %, with <= 30 insured at the end of the year before last <= 20 %; by either formula;
--    more staff is fine; nobody insured then: no layoffs.
-- 三 large firm 30 % of the premiums, others 60 %; social bodies, law and accounting firms, sole traders by >=
--    300 insured at last year's end 30 %, else 60 %; down to 1 fen.
-- 四 no labour dispatch firm.
-- 五 no serious dishonesty, no zombie firm.
-- 六 account and pro rata come later.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           ui_paid_y1 * CASE
               WHEN (by_heads AND insured_end_y1 >= 300) OR (NOT by_heads AND firm_size = 'large')
                    OR (insured_end_y1 >= 300 AND firm_size = 'large') THEN 30::HUGEINT
               WHEN (by_heads AND insured_end_y1 < 300) OR (NOT by_heads AND firm_size <> 'large')
                    OR (insured_end_y1 < 300 AND firm_size <> 'large') THEN 60
           END // 100 AS gross
    FROM (
        SELECT *,
               entity_type IN ('social-body', 'law-firm', 'accounting-firm', 'sole-trader') AS by_heads,
               CASE WHEN insured_end_y2 <= 30 THEN 200::HUGEINT WHEN insured_end_y2 > 30 THEN 55 END AS per_mille
        FROM firms, today
    )
    WHERE day BETWEEN DATE '2025-01-01' AND DATE '2026-12-31'
      AND district = '320114' AND ui_full_months >= 12
      AND (insured_end_y2 = 0
           OR (insured_end_y2 - insured_end_y1) * 1000::HUGEINT <= per_mille * insured_end_y2
           OR ui_recipients_y1 * 1000::HUGEINT <= per_mille * insured_end_y2)
      AND NOT is_dispatch
      AND NOT serious_dishonesty AND NOT zombie_firm
)
WHERE gross > 0
