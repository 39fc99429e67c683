import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.util.BigIntegers;

/**
 * 银行调用直达订单融资接口的样例：提交授权书，提交申请，再读结果。每个带正文的请求用本行的 SM2 私钥签名。
 *
 * <p>只用 JDK（11 起）和 BouncyCastle（bcprov）。TLS 双向认证用 JDK 的系统属性（javax.net.ssl.keyStore 等），
 * 服务端证书的核对不要关。A sample client: signs with SM2, asks, reads again.
 */
public final class ZhidaBank {
    private static final byte[] USER_ID = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
    private static final int TRIES = 3;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(5))
                    .build();
    private final URI base;
    private final ECPrivateKeyParameters key;
    private final String kid;

    /** @param pem 私钥，PKCS#8，不加密的 PEM；生产中请放在密码机里，只换掉 sign 方法 */
    public ZhidaBank(URI base, String pem) throws IOException, GeneralSecurityException {
        this.base = base;
        String text = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        this.key = (ECPrivateKeyParameters) PrivateKeyFactory.createKey(Base64.getDecoder().decode(text));
        this.kid = thumbprint(key);
    }

    /** 提交企业签名的授权书（JWS 原样）。 */
    public HttpResponse<String> handInLetter(String token) throws Exception {
        return post("/finance/letters", "{\"letter\":\"" + token + "\"}");
    }

    /** 提交核验申请。网络断了就用同样的 Idempotency-Key 重发：同一次读取不重复计数。 */
    public HttpResponse<String> submitRequest(String json) throws Exception {
        return post("/finance/requests", json);
    }

    /** 再读结果。 */
    public HttpResponse<String> readResult(String number) throws Exception {
        return again(builder("/finance/requests/" + number).GET());
    }

    private HttpResponse<String> post(String target, String json) throws Exception {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return again(
                builder(target)
                        .header("Content-Type", "application/json")
                        .header("Zhida-Signature", signature("POST", target, body))
                        .POST(BodyPublishers.ofByteArray(body)));
    }

    private HttpRequest.Builder builder(String target) {
        HttpRequest.Builder made =
                HttpRequest.newBuilder(base.resolve(target))
                        .timeout(Duration.ofSeconds(30))
                        .header("Idempotency-Key", UUID.randomUUID().toString());
        String token = System.getenv("ZHIDA_TOKEN"); // 只在本机回环测试、不用 TLS 时
        return token == null ? made : made.header("Authorization", "Bearer " + token);
    }

    /** 没有收到答复就原样再发；收到的答复不论好坏都交给调用者。 */
    private HttpResponse<String> again(HttpRequest.Builder request) throws Exception {
        HttpRequest made = request.build();
        for (int left = TRIES - 1; ; left--) {
            try {
                return http.send(made, BodyHandlers.ofString(StandardCharsets.UTF_8));
            } catch (IOException lost) {
                if (left == 0) {
                    throw lost;
                }
                Thread.sleep(1000);
            }
        }
    }

    /** 正文空着的紧凑 JWS（RFC 7515 附录 F）：头 ‖ "." ‖ 正文，用 SM2 签；传送时中间一段不带。 */
    String signature(String method, String target, byte[] body) throws CryptoException {
        String header =
                String.format(
                        "{\"alg\":\"SM2-SM3\",\"htm\":\"%s\",\"htu\":\"%s\",\"iat\":%d,\"kid\":\"%s\","
                                + "\"typ\":\"zhida-request+jws\"}",
                        method, target, Instant.now().getEpochSecond(), kid);
        String first = base64url(header.getBytes(StandardCharsets.UTF_8));
        byte[] signed = (first + "." + base64url(body)).getBytes(StandardCharsets.US_ASCII);
        return first + ".." + base64url(sign(signed));
    }

    /** SM3 摘要、SM2 签名（GB/T 32918.2，用户标识取缺省值），64 字节：r 与 s 相接，不是 DER。 */
    private byte[] sign(byte[] data) throws CryptoException {
        SM2Signer signer = new SM2Signer(PlainDSAEncoding.INSTANCE, new SM3Digest());
        signer.init(true, new ParametersWithID(key, USER_ID));
        signer.update(data, 0, data.length);
        return signer.generateSignature();
    }

    /** 公钥的 JWK 指纹（RFC 7638）：成员按字母排序、不留空白，取 SHA-256。 */
    private static String thumbprint(ECPrivateKeyParameters key) throws GeneralSecurityException {
        ECPoint point = key.getParameters().getG().multiply(key.getD()).normalize();
        String jwk =
                String.format(
                        "{\"crv\":\"SM2\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
                        coordinate(point.getAffineXCoord().toBigInteger()),
                        coordinate(point.getAffineYCoord().toBigInteger()));
        return base64url(MessageDigest.getInstance("SHA-256").digest(jwk.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String coordinate(BigInteger value) {
        return base64url(BigIntegers.asUnsignedByteArray(32, value));
    }

    private static String base64url(byte[] data) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(data);
    }

    /** 用法：java ZhidaBank 地址 私钥.pem 授权书.jws 申请.json 申请编号 */
    public static void main(String[] args) throws Exception {
        ZhidaBank bank = new ZhidaBank(URI.create(args[0]), Files.readString(Path.of(args[1])));
        show(bank.handInLetter(Files.readString(Path.of(args[2])).strip()));
        show(bank.submitRequest(Files.readString(Path.of(args[3]))));
        show(bank.readResult(args[4]));
    }

    private static void show(HttpResponse<String> answer) {
        System.out.println(answer.statusCode() + " " + answer.body());
    }
}
