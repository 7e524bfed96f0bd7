"""Names: MX are followed, and what DNS lacks or keeps back is said inside --timeout."""
import unittest

from hostile import SLACK, Server, Smtp, crashed, run
from nameserver import AAAA, MX, PTR, A, Nameserver

DOMAIN, HOST = "example.test-domain", "mx.example.test-domain"


class Names(unittest.TestCase):
    def check(self, records: dict, host: str, *more: str, timeout: float = 30, silent: bool = False):
        with Nameserver(records, silent) as dns:
            finished = run("check", host, "--resolver", dns.name, "--timeout", str(timeout), "--as-stranger", *more)
        self.assertIsNone(crashed(finished), finished.err)
        self.assertLess(finished.seconds, timeout + SLACK)
        self.asked = dns.asked
        return finished

    def test_the_mx_of_a_domain_is_asked(self):
        with Server(Smtp(), address="127.0.7.1") as server:
            records = {(DOMAIN, MX): [(10, HOST)], (HOST, A): ["127.0.7.1"], ("1.7.0.127.in-addr.arpa", PTR): [HOST]}
            finished = self.check(records, DOMAIN, "--port", str(server.port), "--format", "json")
        self.assertIn((DOMAIN, MX), self.asked)
        probed = finished.json["outside"]
        self.assertEqual(probed["results"][0]["target"]["host"], HOST)
        self.assertEqual(probed["results"][0]["target"]["address"], "127.0.7.1")
        self.assertEqual(probed["runs"][0]["mail_domain"], DOMAIN)
        self.assertEqual(finished.status, 0)

    def test_every_mx_and_every_address_is_asked(self):
        with Server(Smtp(), address="127.0.7.2") as one, Server(Smtp(), "127.0.7.3", one.port), \
                Server(Smtp(), "::1", one.port):
            records = {(DOMAIN, MX): [(20, "b." + DOMAIN), (10, HOST)], (HOST, A): ["127.0.7.2"],
                       ("b." + DOMAIN, A): ["127.0.7.3"], ("b." + DOMAIN, AAAA): ["::1"]}
            finished = self.check(records, DOMAIN, "--port", str(one.port), "--format", "json")
        asked = {(door["target"]["address"], door["reached"]) for door in finished.json["outside"]["results"]}
        self.assertEqual(asked, {("127.0.7.2", "yes"), ("127.0.7.3", "yes"), ("::1", "yes")})
        self.assertEqual(finished.status, 0)

    def test_an_mx_that_does_not_resolve_is_named_and_the_other_is_asked(self):
        with Server(Smtp(), address="127.0.7.4") as server:
            records = {(DOMAIN, MX): [(10, "gone." + DOMAIN), (20, HOST)], (HOST, A): ["127.0.7.4"]}
            finished = self.check(records, DOMAIN, "--port", str(server.port))
        self.assertEqual(finished.status, 1, finished.text + finished.complaint)
        self.assertIn(f"cannot resolve gone.{DOMAIN}", " ".join(finished.text.split()))
        self.assertIn("CLOSED", finished.text)

    def test_a_domain_without_mx_is_its_own_host(self):
        with Server(Smtp(), address="127.0.7.5") as server:
            finished = self.check({(DOMAIN, A): ["127.0.7.5"]}, DOMAIN, "--port", str(server.port), "--domain", "example.com")
        self.assertEqual(finished.status, 0, finished.text + finished.complaint)

    def test_a_null_mx_takes_no_mail(self):
        finished = self.check({(DOMAIN, MX): [(0, ".")]}, DOMAIN)
        self.assertEqual(finished.status, 3)
        self.assertIn(f"{DOMAIN} takes no mail (null MX)", finished.complaint)
        self.assertEqual(finished.text, "")

    def test_a_name_that_does_not_exist(self):
        finished = self.check({}, "nowhere.test-domain")
        self.assertEqual(finished.status, 3)
        self.assertEqual(finished.complaint.count("\n"), 1)
        self.assertIn("cannot resolve nowhere.test-domain: no such host", finished.complaint)

    def test_a_resolver_that_never_answers(self):
        finished = self.check({}, DOMAIN, timeout=2, silent=True)
        self.assertEqual(finished.status, 3)
        self.assertEqual(finished.complaint.count("\n"), 1)
        self.assertIn(f"cannot resolve {DOMAIN}: no answer from DNS", finished.complaint)
        self.assertTrue(self.asked)


if __name__ == "__main__":
    unittest.main()
