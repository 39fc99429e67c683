<?php
// A foreign SOAP stack (PHP's SoapServer) for the tests of connectors/soap.py, with the bad manners
// that were seen in the field. Router of `php -S`: the path of the URL chooses the behaviour.
// ZHIDA_WSDL names the WSDL that is served.
ini_set('display_errors', '0');
ini_set('soap.wsdl_cache_enabled', '0');

class Office
{
    /** Echoes what arrived, so that a test can tell what was on the wire. */
    public function doCreateWorkflowRequest($arguments)
    {
        $info = $arguments->in0;
        if ($arguments->in1 == 4) {
            return ['out' => '-4'];
        }
        if ($arguments->in1 == 5) {
            throw new SoapFault('Client', '流程不存在');
        }
        if ($arguments->in1 == 6) {
            throw new SoapFault('Server', 'database is down');
        }
        $told = [$arguments->in1, $info->creatorId, $info->requestName];
        $rows = $info->workflowMainTableInfo->requestRecords->WorkflowRequestTableRecord ?? [];
        foreach (is_array($rows) ? $rows : [$rows] as $row) {
            $fields = $row->workflowRequestTableFields->WorkflowRequestTableField ?? [];
            foreach (is_array($fields) ? $fields : [$fields] as $field) {
                $told[] = $field->fieldName . '=' . $field->fieldValue;
            }
        }
        return ['out' => implode('|', $told)];
    }

    public function submitWorkflowRequest($arguments)
    {
        return ['out' => $arguments->in3 === 'submit' ? 'success' : 'failed'];
    }

    public function getWorkflowRequest($arguments)
    {
        $field = ['fieldName' => 'xsexm', 'fieldValue' => '张小直'];
        $row = ['workflowRequestTableFields' => ['WorkflowRequestTableField' => [$field]]];
        $table = ['requestRecords' => ['WorkflowRequestTableRecord' => [$row]]];
        return ['out' => [
            'requestId' => (string) $arguments->in0,
            'currentNodeName' => '办理',
            'workflowMainTableInfo' => $table,
        ]];
    }
}

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const OPERATIONS = 'webservices.services.weaver.com.cn';

function envelope(string $body): string
{
    return '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="' . SOAP . '"><s:Body>'
        . $body . '</s:Body></s:Envelope>';
}

function created(string $out): string
{
    return '<r:doCreateWorkflowRequestResponse xmlns:r="' . OPERATIONS . '">' . $out
        . '</r:doCreateWorkflowRequestResponse>';
}

function say(string $body, int $status = 200, string $type = 'text/xml; charset=utf-8'): void
{
    http_response_code($status);
    header('Content-Type: ' . $type);
    echo $body;
}

/** What the UsernameToken of a request says, checked as PHP does it. */
function tokenOf(string $request): string
{
    $document = new DOMDocument();
    $document->loadXML($request);
    $told = [];
    foreach (['Username', 'Password', 'Nonce', 'Created'] as $name) {
        $node = $document->getElementsByTagNameNS(WSSE, $name)->item(0)
            ?? $document->getElementsByTagNameNS(WSU, $name)->item(0);
        $told[$name] = $node ? $node->textContent : '';
        $type = $name === 'Password' && $node ? $node->getAttribute('Type') : ($type ?? '');
    }
    if (str_ends_with($type, '#PasswordDigest')) {
        $known = base64_decode($told['Nonce'], true) . $told['Created'] . 'secret';
        $right = base64_encode(sha1($known, true)) === $told['Password'];
    } else {
        $right = str_ends_with($type, '#PasswordText') && $told['Password'] === 'secret';
    }
    return $right && $told['Username'] === 'hub' ? substr($type, strrpos($type, '#') + 1) : '';
}

$reference = '<r:out href="#id0"/>';
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
switch ($path) {
    case '/ready':
        say('ready', 200, 'text/plain');
        break;
    case '/services/WorkflowService':
        $server = new SoapServer(getenv('ZHIDA_WSDL'));
        $server->setClass(Office::class);
        $server->handle();
        break;
    case '/gbk':
        // As servers do that speak GBK: the same envelope, converted, and labelled so.
        $server = new SoapServer(getenv('ZHIDA_WSDL'));
        $server->setClass(Office::class);
        ob_start();
        $server->handle();
        $told = str_replace('encoding="UTF-8"', 'encoding="GBK"', ob_get_clean());
        header_remove('Content-Length');
        say(mb_convert_encoding($told, 'GBK', 'UTF-8'), http_response_code(), 'text/xml; charset=GBK');
        break;
    case '/gbk-header':
        say(mb_convert_encoding(substr(envelope(created('<r:out>张小直</r:out>')), 38), 'GBK', 'UTF-8'),
            200, 'text/xml; charset=GBK');
        break;
    case '/gbk-lie':
        say(mb_convert_encoding(envelope(created('<r:out>张小直</r:out>')), 'GBK', 'UTF-8'));
        break;
    case '/gbk-lie-fault':
        say(mb_convert_encoding(envelope('<s:Fault><faultcode>s:Client</faultcode><faultstring>流程不存在'
            . '</faultstring></s:Fault>'), 'GBK', 'UTF-8'), 500);
        break;
    case '/inner':
        // XML in a string: declares GBK inside of UTF-8, and is escaped twice.
        $inner = '<?xml version="1.0" encoding="GBK"?><RECORDS><XM>张小直</XM></RECORDS>';
        say(envelope(created('<r:out>' . htmlspecialchars(htmlspecialchars($inner)) . '</r:out>')));
        break;
    case '/token':
        say(envelope(created('<r:out>' . tokenOf(file_get_contents('php://input')) . '</r:out>')));
        break;
    case '/basic':
        $right = ($_SERVER['PHP_AUTH_USER'] ?? '') === 'hub' && $_SERVER['PHP_AUTH_PW'] === 'secret';
        say($right ? envelope(created('<r:out>basic</r:out>')) : '<html>no</html>', $right ? 200 : 401);
        break;
    case '/typed-fault':
        say(envelope('<s:Fault><faultcode>s:Server</faultcode><faultstring>已登记</faultstring><detail>'
            . '<e:AlreadyRegistered xmlns:e="urn:e"><number>1</number></e:AlreadyRegistered></detail></s:Fault>'), 500);
        break;
    case '/odd-values':
        say(envelope('<r:getWorkflowRequestResponse xmlns:r="' . OPERATIONS . '"><r:out><w:canEdit xmlns:w='
            . '"http://webservices.workflow.weaver">是</w:canEdit></r:out></r:getWorkflowRequestResponse>'));
        break;
    case '/attachments':
        say("--b\r\nContent-Type: text/xml\r\n\r\n" . envelope('') . "\r\n", 200, 'multipart/related; boundary=b');
        break;
    case '/login-page':
        say('<!DOCTYPE html><html><form><input type="password"></form></html>', 200, 'text/html');
        break;
    case '/html':
        say('<html><h1>系统维护中</h1></html>', 200, 'text/html');
        break;
    case '/empty':
        say('');
        break;
    case '/fault-without-text':
        say(envelope('<s:Fault/>'), 500);
        break;
    case '/fault-in-200':
        say(envelope('<s:Fault><faultcode>s:Client</faultcode><faultstring>no</faultstring></s:Fault>'));
        break;
    case '/multiref':
        say(envelope(created($reference) . '<multiRef id="id0">447473</multiRef>'));
        break;
    case '/circle':
        say(envelope(created($reference) . '<multiRef id="id0"><a href="#id0"/></multiRef>'));
        break;
    case '/doctype':
        say('<!DOCTYPE s:Envelope [<!ENTITY a "7">]>' . substr(envelope(created('<r:out>&a;</r:out>')), 38));
        break;
    case '/doctype-and-fault':
        say('<!DOCTYPE s:Envelope>' . substr(envelope('<s:Fault/>'), 38));
        break;
    case '/cut':
        say(substr(envelope(created('<r:out>447473</r:out>')), 0, -20));
        break;
    case '/other':
        say(envelope('<something xmlns="urn:else"/>'));
        break;
    case '/big':
        say(envelope(created('<r:out>' . str_repeat('7', 11000000) . '</r:out>')));
        break;
    default:
        preg_match('~^/status/(\d{3})$~', $path, $matched);
        header('Retry-After: 120');
        say('<html>status</html>', (int) ($matched[1] ?? 404), 'text/html');
}
