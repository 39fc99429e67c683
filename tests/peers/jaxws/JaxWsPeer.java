// JAX-WS RI as a peer of tests/connectors/test_soap_jaxws.py: typed faults, and MTOM answers with
// what is attached. JaxWsPeer PORT listens on the loopback address and says when it is ready.

import javax.jws.WebMethod;
import javax.jws.WebService;
import javax.xml.ws.Endpoint;
import javax.xml.ws.WebFault;
import javax.xml.ws.soap.MTOM;

@MTOM
@WebService(targetNamespace = "urn:seal", serviceName = "SealService", portName = "SealPort")
public class JaxWsPeer {
    @WebFault(name = "AlreadySealed", targetNamespace = "urn:seal")
    public static class AlreadySealed extends Exception {
        private final String number;

        public AlreadySealed(String message, String told) {
            super(message);
            number = told;
        }

        public String getNumber() { return number; }
    }

    @WebMethod
    public String greet(String name) { return "您好，" + name; }

    /** A document of so many bytes: each value of a byte, over and over. */
    @WebMethod
    public byte[] document(int size) {
        byte[] content = new byte[size];
        for (int n = 0; n < size; n++) {
            content[n] = (byte) n;
        }
        return content;
    }

    @WebMethod
    public String seal(String title) throws AlreadySealed {
        throw new AlreadySealed("已盖章：" + title, "7");
    }

    public static void main(String[] arguments) {
        Endpoint.publish("http://127.0.0.1:" + arguments[0] + "/seal", new JaxWsPeer());
        System.out.println("ready");
        System.out.flush();
    }
}
