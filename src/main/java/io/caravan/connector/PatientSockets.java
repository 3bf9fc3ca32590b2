package io.caravan.connector;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import javax.net.SocketFactory;

/**
 * Makes the connector's sockets to the source. Debezium looks for a message, and when there is none it sleeps and looks
 * again: short sleeps cost the processor for ever, long ones are latency. pgjdbc looks by a read with a limit of 1 ms
 * (PGStream.hasMessagePending in 42.7.13, which asks so only of replication streams). Here that read waits a little longer, and
 * ends as soon as there is a byte. Under TLS too: SSLSocket hands the limit on to the socket below it.
 */
public final class PatientSockets extends SocketFactory {
    private static final int LOOK_MILLIS = 1;

    /** Others wait so long for the connection, to tell the slot how far it may move. */
    private static final int PATIENCE_MILLIS = 200;

    @Override
    public Socket createSocket() {
        return new PatientSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        throw notAsked();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        throw notAsked();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        throw notAsked();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        throw notAsked();
    }

    private static IOException notAsked() {
        return new IOException("pgjdbc makes its sockets unconnected.");
    }

    private static final class PatientSocket extends Socket {
        @Override
        public void setSoTimeout(int millis) throws SocketException {
            super.setSoTimeout(millis == LOOK_MILLIS ? PATIENCE_MILLIS : millis);
        }
    }
}
