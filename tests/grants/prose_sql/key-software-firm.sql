-- key-software-firm 重点软件企业和软件百强企业奖励: what the clauses were understood to say
-- 一 district 320114; neither revoked nor deregistered nor relocated.
-- 二 on a list published in the calendar year of the day: key software firm (provincial, national), or
--    software top 100, each by its own date.
-- 三 top 100 100 wan, national 50, provincial 20; the highest only.
-- 四 no dishonest debtor.
SELECT firm, '' AS stage, gross::BIGINT AS fen
FROM (
    SELECT firm,
           CASE WHEN top THEN 100 * wan
                WHEN NOT top THEN
                    CASE WHEN key AND key_software_list = 'national' THEN 50 * wan
                         WHEN key AND key_software_list = 'province' THEN 20 * wan END
           END AS gross
    FROM (
        SELECT *,
               software_top100 AND year(software_top100_on) = year(day) AS top,
               key_software_list IN ('province', 'national') AND year(key_software_on) = year(day) AS key
        FROM firms, today, (SELECT 1000000::HUGEINT AS wan)
    )
    WHERE day >= DATE '2019-07-01'
      AND district = '320114' AND status NOT IN ('revoked', 'deregistered', 'relocated')
      AND (top OR key)
      AND NOT dishonest_debtor
)
WHERE gross > 0
