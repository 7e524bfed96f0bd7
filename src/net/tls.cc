#include "net/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <cstdint>
#include <string_view>

#include "mail/domain.h"

namespace relayproof::net {
namespace {

constexpr std::size_t max_names = 64;
constexpr long lifetime_seconds = 10L * 365 * 24 * 3600;
constexpr const char* client_name = "client.relayproof.invalid";
constexpr std::size_t max_common_name = 64;  // RFC 5280, ub-common-name

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* object) const { release(object); }
};
template <class T, void (*release)(T*)>
using Owned = std::unique_ptr<T, Release<T, release>>;

using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using OwnedCertificate = Owned<X509, X509_free>;
using OwnedExtension = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using OwnedNames = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

tl::unexpected<Error> openssl_failure(const char* what) {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  return failure(std::string(what) + ": " + (reason == nullptr ? "OpenSSL failed" : reason));
}

std::string_view text_of(const ASN1_STRING* string) {
  const auto length = static_cast<std::size_t>(std::max(0, ASN1_STRING_length(string)));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)), length};
}

void add_name(std::vector<std::string>& names, std::string_view foreign) {
  if (names.size() >= max_names || !mail::is_domain_name(foreign)) return;
  std::string name = mail::normalised_domain(foreign);
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

std::string_view common_name(X509* certificate) {
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
}

bool add_alternative_names(X509* certificate, const std::vector<std::string>& names) {
  std::string value;
  for (const std::string& name : names) value += (value.empty() ? "DNS:" : ",DNS:") + name;
  const OwnedExtension extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool add_common_name(X509* certificate, const std::string& name) {
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* bytes = reinterpret_cast<const unsigned char*>(name.data());
  const auto size = static_cast<int>(std::min(name.size(), max_common_name));
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, bytes, size, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names) {
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), lifetime_seconds) != nullptr &&
         add_common_name(certificate, names.front()) && add_alternative_names(certificate, names) &&
         X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) > 0;
}

Result<TlsContext> empty_context(boost::asio::ssl::context::method method) {
  // The constructor throws, on memory or a broken openssl.cnf: our failure, hence a value.
  try {
    return std::make_shared<boost::asio::ssl::context>(method);
  } catch (const boost::system::system_error& error) {
    return failure(std::string("cannot set up TLS: ") + error.what());
  }
}

}  // namespace

Result<TlsContext> tls_client() {
  Result<TlsContext> made = empty_context(boost::asio::ssl::context::tls_client);
  if (!made) return made;
  SSL_CTX* context = (*made)->native_handle();
  SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
  // OpenSSL's usual ciphers first: a server whose only certificate needs them names itself by it.
  if (SSL_CTX_set_min_proto_version(context, TLS1_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, "DEFAULT:ALL:@SECLEVEL=0") != 1) {
    return openssl_failure("cannot set up TLS");
  }
  return made;
}

Result<TlsContext> tls_server(const std::vector<std::string>& names, ClientCertificates clients) {
  if (names.empty() || !std::all_of(names.begin(), names.end(), mail::is_domain_name)) {
    return failure("a certificate needs valid domain names");
  }
  Result<TlsContext> made = empty_context(boost::asio::ssl::context::tls_server);
  if (!made) return made;
  SSL_CTX* context = (*made)->native_handle();
  const OwnedKey key(EVP_EC_gen("P-256"));
  const OwnedCertificate certificate(X509_new());
  if (!key || !certificate || !fill(certificate.get(), key.get(), names) ||
      SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return openssl_failure("cannot make a certificate");
  }
  if (clients == ClientCertificates::asked_for) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  }
  return made;
}

bool show_own_certificate(SSL* ssl) {
  const OwnedKey key(EVP_EC_gen("P-256"));
  const OwnedCertificate certificate(X509_new());
  return key && certificate && fill(certificate.get(), key.get(), {client_name}) &&
         SSL_use_certificate(ssl, certificate.get()) == 1 &&
         SSL_use_PrivateKey(ssl, key.get()) == 1;
}

std::vector<std::string> names_of_certificate(X509* certificate) {
  std::vector<std::string> names;
  if (certificate == nullptr) return names;
  const OwnedNames alternatives(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(alternatives.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), i);
    if (name->type == GEN_DNS) add_name(names, text_of(name->d.dNSName));
  }
  if (names.empty()) add_name(names, common_name(certificate));
  return names;
}

}  // namespace relayproof::net
