-- industrial-internet 工业互联网平台和标识节点补助: what the clauses were understood to say
-- 一 district 320114; provincial or national platform, or a node that went on line from 2024-01-01 to
--    2026-12-31.
-- 二 >= 50 firms or >= 5000 devices; firms of the district >= 30 % of the firms (none: unknown).
-- 三 investment above 500 wan: 12 %, otherwise 8 %; half-up to 100 yuan, at most 150 wan.
-- 四 graded protection filed; no network penalty, or mended.
SELECT firm, '' AS stage, LEAST(gross, 150 * wan)::BIGINT AS fen
FROM (
    SELECT firm, wan,
           (2 * iiot_invest_y1 * CASE WHEN iiot_invest_y1 > 500 * wan THEN 12::HUGEINT ELSE 8 END + 100 * 100 * yuan)
           // (2 * 100 * 100 * yuan) * (100 * yuan) AS gross
    FROM firms, today, (SELECT 100::HUGEINT AS yuan, 1000000::HUGEINT AS wan)
    WHERE day BETWEEN DATE '2026-01-01' AND DATE '2027-12-31'
      AND district = '320114'
      AND (iiot_platform_level IN ('provincial', 'national')
           OR (iiot_node AND iiot_node_on BETWEEN DATE '2024-01-01' AND DATE '2026-12-31'))
      AND (iiot_firms >= 50 OR iiot_devices >= 5000)
      AND CASE WHEN iiot_firms > 0 THEN iiot_firms_local * 100::HUGEINT >= 30 * iiot_firms::HUGEINT END
      AND iiot_mlps_filed
      AND (NOT network_penalty_y1 OR network_penalty_mended)
)
WHERE gross > 0
