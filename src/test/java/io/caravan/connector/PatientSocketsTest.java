package io.caravan.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PatientSocketsTest {
    private ServerSocket server;
    private Socket socket;
    private Socket other;

    @BeforeEach
    void connect() throws Exception {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket = new PatientSockets().createSocket();
        socket.connect(server.getLocalSocketAddress());
        other = server.accept();
    }

    @AfterEach
    void close() throws Exception {
        other.close();
        socket.close();
        server.close();
    }

    @Test
    void aLookThatIsMeantToTakeAMillisecondWaitsLongerForAByte() throws Exception {
        socket.setSoTimeout(1);
        long since = System.nanoTime();

        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

        assertThat(System.nanoTime() - since).isGreaterThan(15_000_000);
    }

    @Test
    void everyOtherLimitIsKept() throws Exception {
        for (int millis : new int[] {0, 2, 10_000}) {
            socket.setSoTimeout(millis);

            assertThat(socket.getSoTimeout()).isEqualTo(millis);
        }
    }
}
