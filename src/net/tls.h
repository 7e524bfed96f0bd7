// What both ends of a TLS connection are set up with, and the names on a certificate.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/stream.h"

namespace relayproof::net {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

/// For a client that talks to whatever answers: TLS 1.0 and later, any cipher, no verification.
Result<TlsContext> tls_client();

/// For a server with a certificate of its own making, for these names; the first is its CN.
Result<TlsContext> tls_server(const std::vector<std::string>& names,
                              ClientCertificates clients = ClientCertificates::not_asked_for);

/// A certificate of our own making for a client, signed by nobody else. False if OpenSSL failed:
/// then there is none.
bool show_own_certificate(SSL* ssl);

/// The subjectAltName dNSNames of the certificate, else its CN: valid domain names only, in lower
/// case, without repetition, 64 at most. Empty for nullptr.
std::vector<std::string> names_of_certificate(X509* certificate);

}  // namespace relayproof::net
