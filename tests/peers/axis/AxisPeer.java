// Axis 1.4, the stack that many bureaus still run, as a peer of tests/connectors/test_soap_axis.py.
// Compiled first, since Axis looks for the class by its name. It listens on a free port of the loopback
// address (Axis itself would listen on every address), which is printed on the first line.
// The same class is served three times: rpc/encoded, rpc/literal and document/literal.

import java.net.InetAddress;
import java.net.ServerSocket;
import org.apache.axis.configuration.XMLStringProvider;
import org.apache.axis.transport.http.SimpleAxisServer;

public class AxisPeer {
    private static String service(String name, String style, String use) {
        String parameter = "<parameter name='%s' value='%s'/>";
        String wrapped = style.equals("wrapped") ? "wrapped" : "rpc";
        return "<service name='" + name + "' provider='java:RPC' style='" + wrapped + "' use='" + use + "'>"
            + String.format(parameter, "className", "Register")
            + String.format(parameter, "allowedMethods", "*")
            + "<namespace>urn:register</namespace>"
            + "<beanMapping qname='r:Person' xmlns:r='urn:register' languageSpecificType='java:Person'/>"
            + "</service>";
    }

    public static void main(String[] arguments) throws Exception {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        SimpleAxisServer server = new SimpleAxisServer();
        server.setServerSocket(socket);
        server.setMyConfig(new XMLStringProvider(
            "<deployment xmlns='http://xml.apache.org/axis/wsdd/' "
            + "xmlns:java='http://xml.apache.org/axis/wsdd/providers/java'>"
            + "<handler name='URLMapper' type='java:org.apache.axis.handlers.http.URLMapper'/>"
            + service("Encoded", "rpc", "encoded")
            + service("Literal", "rpc", "literal")
            + service("Wrapped", "wrapped", "literal")
            + "<transport name='http'><requestFlow><handler type='URLMapper'/></requestFlow></transport>"
            + "</deployment>"));
        System.out.println(socket.getLocalPort());
        System.out.flush();
        server.run();
    }
}
