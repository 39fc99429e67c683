<?php
// A foreign reader of forms and checker of signatures for the tests of the REST wire: PHP decodes what
// we encode and computes each signature its own way. Router of `php -S`: the path chooses the behaviour.
ini_set('display_errors', '0');

const APP = 'app-1';
const SECRET = 's3cr3t';

function answer(array $value, int $status = 200): never
{
    http_response_code($status);
    header('Content-Type: application/json; charset=utf-8');
    echo json_encode($value, JSON_UNESCAPED_UNICODE);
    exit;
}

function demand(bool $right): void
{
    if (!$right) {
        answer(['code' => '401', 'message' => '签名错误'], 403);
    }
}

/** Parameters as many gateways sort and sign them. */
function sorted(array $fields): string
{
    unset($fields['sign']);
    ksort($fields, SORT_STRING);
    $told = [];
    foreach ($fields as $name => $value) {
        if ($value !== '' && $value !== null) {
            $told[] = "$name=$value";
        }
    }
    return implode('&', $told) . '&key=' . SECRET;
}

$headers = array_change_key_case(getallheaders());
$raw = file_get_contents('php://input');
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/base/form-json':
        $data = json_decode($_POST['data'], true, 8, JSON_BIGINT_AS_STRING);
        demand($data['sign'] === md5(APP . SECRET . $data['requestTime']));
        answer(['code' => '0', 'data' => $data]);
    case '/base/gbk':
        $fields = array_map(fn ($text) => mb_convert_encoding($text, 'UTF-8', 'GBK'), $_POST);
        demand($fields['sign'] === strtoupper(md5(mb_convert_encoding(sorted($fields), 'GBK', 'UTF-8'))));
        answer(['code' => '0', 'data' => $fields]);
    case '/base/query':
        demand($_GET['sign'] === hash_hmac('sha256', sorted($_GET), SECRET));
        answer(['code' => '0', 'data' => $_GET]);
    case '/base/json':
        $fields = json_decode($raw, true);
        demand($fields['sign'] === sha1(sorted($fields)));
        answer(['code' => '0', 'data' => $fields]);
    case '/base/tif':
        $time = $headers['x-tif-timestamp'];
        demand(abs($time - time()) < 180);
        demand($headers['x-tif-paasid'] === APP);
        $signed = $time . SECRET . $headers['x-tif-nonce'] . $time;
        demand($headers['x-tif-signature'] === hash('sha256', $signed));
        answer(['code' => '0']);
    case '/base/body':
        $signed = "POST\n/base/body\n" . $headers['x-time'] . "\n" . hash('sha256', $raw);
        demand(hash_equals($headers['x-sign'], base64_encode(hash_hmac('sha256', $signed, SECRET, true))));
        answer(['code' => '0', 'data' => json_decode($raw, true)]);
    case '/base/sharing/secret':
        $told = $headers['gjgxjhpt_sid'] . $headers['gjgxjhpt_rid'] . $headers['gjgxjhpt_rtime'];
        demand($headers['gjgxjhpt_sign'] === base64_encode(hash_hmac('sha256', $told, SECRET, true)));
        $key = substr(sha1(sha1(SECRET, true), true), 0, 16);
        answer(['code' => '0', 'data' => [
            'secret' => openssl_encrypt('rotated', 'aes-128-ecb', $key),
            'secretEndTime' => (time() + 600) * 1000,
        ]]);
    case '/base/sharing/marriage':
        $told = $headers['gjgxjhpt_sid'] . 'rid-2' . $headers['gjgxjhpt_rtime'];
        demand($headers['gjgxjhpt_sign'] === base64_encode(hash_hmac('sha256', $told, 'rotated', true)));
        answer(['code' => '0', 'data' => json_decode($raw, true)]);
    case '/base/login':
        demand($_SERVER['PHP_AUTH_USER'] === '张三' && $_SERVER['PHP_AUTH_PW'] === 'p:w');
        answer(['code' => '0']);
}
answer(['code' => '404'], 404);
