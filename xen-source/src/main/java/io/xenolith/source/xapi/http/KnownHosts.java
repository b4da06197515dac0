package io.xenolith.source.xapi.http;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/// Who is trusted in one pool: what the user chose, and beside it the certificates that a trusted host named for the
/// others. A pool sends its clients from host to host, and each has a certificate of its own; asking the user for all
/// of them would end in nobody checking any. Safe for use by several threads.
public final class KnownHosts {
    private final Trust chosen;
    private final Map<String, Fingerprint> learned = new ConcurrentHashMap<>();
    private final SSLContext context;

    public KnownHosts(Trust chosen) {
        this.chosen = chosen;
        try {
            context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new HostCheck(authority(chosen))}, null);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("this Java cannot set up TLS", e);
        }
    }

    /// Believes from now on that `host` shows the certificate with this fingerprint. Only for what a host said that was
    /// trusted itself.
    public void learn(String host, Fingerprint fingerprint) {
        learned.put(host.toLowerCase(Locale.ROOT), fingerprint);
    }

    /// True if something is known about `host` itself, or nothing needs to be.
    public boolean knows(String host) {
        return chosen instanceof Trust.Unchecked || learned.containsKey(host.toLowerCase(Locale.ROOT));
    }

    SSLContext context() {
        return context;
    }

    private static X509ExtendedTrustManager authority(Trust trust)
            throws GeneralSecurityException, IOException {
        if (!(trust instanceof Trust.Authority(var certificates))) {
            return null;
        }
        var anchors = KeyStore.getInstance(KeyStore.getDefaultType());
        anchors.load(null, null);
        for (int i = 0; i < certificates.size(); i++) {
            anchors.setCertificateEntry("anchor-" + i, certificates.get(i));
        }
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(anchors);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    /// Extends the class with sockets and engines: for any other kind the JDK would check names as well, which pins
    /// make needless and addresses make impossible.
    private final class HostCheck extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager authority; // null if none was chosen

        HostCheck(X509ExtendedTrustManager authority) {
            this.authority = authority;
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain, ((SSLSocket) socket).getHandshakeSession(),
                    () -> authority.checkServerTrusted(chain, type, socket));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain, engine.getHandshakeSession(), () -> authority.checkServerTrusted(chain, type, engine));
        }

        private void check(X509Certificate[] chain, SSLSession session, ChainCheck byAuthority)
                throws CertificateException {
            var leaf = leaf(chain);
            var shown = Fingerprint.of(leaf);
            var host = String.valueOf(session.getPeerHost()).toLowerCase(Locale.ROOT);
            if (shown.equals(learned.get(host))) {
                return;
            }
            switch (chosen) {
                case Trust.Unchecked() -> { }
                case Trust.Pinned(var fingerprints) -> {
                    if (!fingerprints.contains(shown)) {
                        throw new UntrustedCertificateException.Shown(leaf, "no fingerprint given matches it", null);
                    }
                }
                case Trust.Authority(var certificates) -> {
                    if (!certificates.contains(leaf)) {
                        checkChain(leaf, byAuthority);
                    }
                }
            }
        }

        private void checkChain(X509Certificate shown, ChainCheck byAuthority) throws CertificateException {
            try {
                byAuthority.check();
            } catch (CertificateException e) {
                throw new UntrustedCertificateException.Shown(shown, String.valueOf(e.getMessage()), e);
            }
        }

        private static X509Certificate leaf(X509Certificate[] chain) throws CertificateException {
            if (chain == null || chain.length == 0) {
                throw new CertificateException("the host shows no certificate");
            }
            return chain[0];
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("a check that does not know the host");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("nobody is served here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("nobody is served here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("nobody is served here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private interface ChainCheck {
        void check() throws CertificateException;
    }
}
