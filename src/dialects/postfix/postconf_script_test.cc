#include "dialects/postfix/postconf_script.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace relayproof::postfix {
namespace {

std::string at(const SourceRange& where) {
  return std::to_string(where.line) + ":" + std::to_string(where.column);
}

std::string print(const ScriptedFiles& files) {
  std::string text = files.is_whole ? "whole\n" : "";
  for (const auto& setting : files.settings) {
    text += at(setting->where) + " " + setting->name + " = " + setting->text + "\n";
  }
  for (const auto& change : files.changes) {
    using Does = ScriptedFiles::Change::Kind;
    const auto what = change.kind == Does::service ? change.line.text
                      : change.kind == Does::no_service
                          ? std::string("gone")
                          : change.option->name + "=" + change.option->text;
    text += at(change.where) + " [" + change.target + "] " + what + "\n";
  }
  for (const auto& note : files.notes) {
    text +=
        at(note.where) + (note.may_matter ? " ? " : " - ") + note.text + " (" + note.why + ")\n";
  }
  for (const auto& taken : files.taken) text += taken.name + ": " + taken.says + "\n";
  return text;
}

std::string read_script(const std::string& text, const std::set<std::size_t>& running = {},
                        const std::map<std::string, std::string>& environment = {},
                        const std::string& name = "/p/run.sh") {
  MemoryFiles files;
  files.add(name, text);
  const auto scripts = find_scripts(files, name, environment);
  return scripts ? print(files_of(*scripts, running)) : "no script of Postfix";
}

struct Case {
  const char* title;
  std::string script;
  std::string expected;
};

TEST(PostconfScript, SettingsKeepTheirPlaceInTheScript) {
  const std::vector<Case> cases = {
      {"one", "postconf -e 'mynetworks = 0.0.0.0/0'\n", "1:27 mynetworks = 0.0.0.0/0\n"},
      {"without -e", "postconf mynetworks=0.0.0.0/0\n", "1:21 mynetworks = 0.0.0.0/0\n"},
      {"a path and sudo", "sudo /usr/sbin/postconf -ev relayhost=[a]:25\n",
       "1:39 relayhost = [a]:25\n"},
      {"several arguments over lines", "postconf -e \\\n  a_b=1 \\\n  \"mydomain = x.org\"\n",
       "2:7 a_b = 1\n3:15 mydomain = x.org\n"},
      {"the last counts", "postconf -e mydomain=a\npostconf -e mydomain=b\n",
       "2:22 mydomain = b\n1:13 - mydomain = a (line 2 sets it again)\n"},
      {"one line", "set -e; postconf -e mydomain=a && postconf -e 'biff=no' || true; # x\n",
       "1:30 mydomain = a\n1:53 biff = no\n"},
      {"empty", "postconf -e relayhost=\n", "1:13 relayhost = \n"},
      {"another folder", "postconf -c /etc/postfix-out -e mynetworks=0.0.0.0/0\n",
       "1:1 ? mynetworks=0.0.0.0/0 (is the configuration in /etc/postfix-out, another "
       "instance's)\n"},
      {"its own folder", "postconf -c /etc/postfix/ -e biff=no\n", "1:35 biff = no\n"},
      {"back to the default", "postconf -e mynetworks=0.0.0.0/0\npostconf -# mynetworks\n",
       "1:13 - mynetworks = 0.0.0.0/0 (line 2 sets it again)\n"
       "2:1 - mynetworks (the value goes back to its default)\n"},
      {"a line break stops postconf", "postconf -e biff=no 'mynetworks=1.2.3.4\n 5.6.7.8'\n",
       "1:1 - biff=no (postconf stops at another argument of the same command)\n"
       "1:1 - mynetworks=1.2.3.4\n 5.6.7.8 (postconf takes no line break, and stops)\n"},
      {"in another shell",
       "sudo sh -c 'postconf -e biff=no'\ndocker exec x postconf -e mydomain=a\n",
       "1:30 biff = no\n2:36 mydomain = a\n"},
      {"quotes", "postconf -e \"a_b = \\\"x\\\" \\$y\" 'c_d='\"'\"'z'\"'\"\n",
       "1:21 a_b = \"x\" $y\n1:38 c_d = 'z'\n"},
      {"windows", "\r\npostconf -e mydomain=a\r\n", "2:22 mydomain = a\n"},
  };
  for (const auto& [title, script, expected] : cases) {
    EXPECT_EQ(read_script(script), expected) << title;
  }
}

TEST(PostconfScript, WhatOnlyAsksIsNoScriptOfPostfix) {
  for (const auto* script :
       {"", "postconf -n\n", "x=$(postconf -h myhostname)\n", "echo postconf -e mynetworks=1\n",
        "# postconf -e mynetworks=0.0.0.0/0\n", "command -v postconf\n", "[ -x postconf ]\n",
        "cat /etc/postfix/main.cf\n", "grep -q x /etc/postfix/main.cf && postconf -d a=b\n",
        "sed s/a/b/ /etc/postfix/main.cf\n", "cp /etc/postfix/main.cf /backup/main.cf\n",
        "mynetworks = 0.0.0.0/0\n"}) {
    EXPECT_EQ(read_script(script), "no script of Postfix") << script;
  }
}

TEST(PostconfScript, VariablesAreKnownWhereTheScriptSetsThemToAConstant) {
  const std::vector<Case> cases = {
      {"constant", "NETS=0.0.0.0/0\npostconf -e \"mynetworks=$NETS\"\n",
       "1:6 mynetworks = 0.0.0.0/0\n"},
      {"exported", "export A='a.org'\npostconf -e mydomain=${A}\n", "1:11 mydomain = a.org\n"},
      {"default", "postconf -e \"mynetworks=${NETS:-0.0.0.0/0}\"\n",
       "1:33 mynetworks = 0.0.0.0/0\n"
       "--env: NETS is not set otherwise; line 1 hangs on it\n"},
      {"a default that stays", ": ${D:=a.org} && postconf -e mydomain=$D\n",
       "1:8 mydomain = a.org\n"},
      {"default of a default", "N=${NETS:-\"10.0.0.0/8\"}\npostconf -e mynetworks=$N\n",
       "1:12 mynetworks = 10.0.0.0/8\n"
       "--env: NETS is not set otherwise; line 2 hangs on it\n"},
      {"unknown", "postconf -e \"mynetworks=$NETS\"\n",
       "1:1 ? mynetworks=$NETS (mynetworks: $NETS is not known (--env))\n"},
      {"a command", "postconf -e mynetworks=$(cat nets)\n",
       "1:1 ? mynetworks=$(cat nets) (mynetworks: $(cat nets) is what a command prints)\n"},
      {"set in a branch", "N=1.2.3.4\nif x; then N=0.0.0.0/0; fi\npostconf -e mynetworks=$N\n",
       "3:1 ? mynetworks=$N (mynetworks: line 2 sets $N under a condition only)\n"},
      {"in a subshell", "N=1.2.3.4\n(N=5.6.7.8)\npostconf -e mynetworks=$N\n",
       "1:3 mynetworks = 1.2.3.4\n"},
      {"in front of a command", "N=5.6.7.8 true\npostconf -e mynetworks=$N\n",
       "2:1 ? mynetworks=$N (mynetworks: $N is not known (--env))\n"},
      {"split at blanks", "S='mydomain=a biff=no'\npostconf -e $S\n",
       "1:13 mydomain = a\n1:20 biff = no\n"},
      {"appended", "N=1.2.3.4\nN+=' 5.6.7.8'\npostconf -e \"mynetworks=$N\"\n",
       "1:3 mynetworks = 1.2.3.4 5.6.7.8\n"},
      {"what names the owner's", "postconf -e mydestination=$D\n",
       "1:1 - mydestination=$D (mydestination: $D is not known (--env))\n"
       "mydestination: in line 1: $D is not known (--env); it is taken to name only what is "
       "yours\n"},
      {"an unknown name", "postconf -e \"$SETTING\"\n",
       "1:1 ? $SETTING ($SETTING is not known (--env))\n"},
      {"a variable that doubles",
       "A=aaaaaaaa\nA=$A$A$A$A$A$A$A$A\nA=$A$A$A$A$A$A$A$A\nA=$A$A$A$A$A$A$A$A\nA=$A$A$A$A$A$A$A$"
       "A\n"
       "A=$A$A$A$A$A$A$A$A\nA=$A$A$A$A$A$A$A$A\npostconf -e mynetworks=1 biff=${A#x}\n",
       "8:24 mynetworks = 1\n8:1 - biff=${A#x} (biff: ${A#x} is not followed)\n"},
  };
  for (const auto& [title, script, expected] : cases) {
    EXPECT_EQ(read_script(script), expected) << title;
  }
  EXPECT_EQ(read_script("postconf -e mynetworks=${NETS:-1.2.3.4}\n", {}, {{"NETS", "0.0.0.0/0"}}),
            "0:0 mynetworks = 0.0.0.0/0\n");
}

TEST(PostconfScript, ConditionsMakeSettingsPossible) {
  const std::string setting = "mynetworks=0.0.0.0/0";
  const std::string command = "postconf -e " + setting;
  const auto possible = [&](const std::string& text, const std::string& line = "2:3") {
    return line + " ? " + setting + " (it runs only under a condition: " + text + ")\n";
  };
  const std::vector<Case> cases = {
      {"if", "if [ -f /x ]; then\n  " + command + "\nfi\n", possible("if [ -f /x ]; then")},
      {"else", "if grep x y; then true; else\n  " + command + "\nfi\n",
       possible("if grep x y; then true; else")},
      {"case", "case $1 in a|b)\n  " + command + ";;\nesac\n", possible("case $1 in a|b)")},
      {"for", "for n in a b; do\n  " + command + "\ndone\n", possible("for n in a b; do")},
      {"while", "while read n; do\n  " + command + "\ndone < x\n", possible("while read n; do")},
      {"and", "[ -f x ] && \\\n  " + command + "\n", possible(command)},
      {"or", "true_or_false || \n  " + command + "\n", possible(command)},
      {"double brackets", "[[ -n $1 && ( $2 < 3 ) ]] &&\n  " + command + "\n", possible(command)},
      {"a function that nothing calls", "f() {\n  " + command + "\n}\n",
       possible("the function f, which nothing is seen to call")},
  };
  for (const auto& [title, script, expected] : cases) {
    EXPECT_EQ(read_script(script), expected) << title;
    EXPECT_EQ(read_script(script, {1, 2, 3}).find("2:26 mynetworks = 0.0.0.0/0\n"), 0U) << title;
  }
}

TEST(PostconfScript, ConditionsThatTheScriptSettlesAreSettled) {
  const std::vector<Case> cases = {
      {"a constant", "A=yes\nif [ \"$A\" = yes ]; then postconf -e biff=no; else exit 1; fi\n",
       "2:42 biff = no\n"},
      {"the other way",
       "A=no\nif [ \"$A\" != no ]; then postconf -e biff=no; else postconf -e "
       "mydomain=a; fi\n",
       "2:72 mydomain = a\n"},
      {"unset", "if [ -z \"$NETS\" ]; then postconf -e mynetworks=0.0.0.0/0; fi\n",
       "1:48 mynetworks = 0.0.0.0/0\n"
       "--env: NETS is not set otherwise; line 1 hangs on it\n"},
      {"not set, so left out", "if [[ -n $NETS ]]; then\npostconf -e mynetworks=$NETS\nfi\n",
       "2:1 - mynetworks=$NETS (NETS is not set, as far as these files tell)\n"
       "--env: NETS is not set; if it were, line 2 would count\n"},
      {"a function that is called", "f() { postconf -e mydomain=a; }\nf\n", "1:28 mydomain = a\n"},
      {"behind exit", "postconf -e biff=no\nexit 0\npostconf -e mydomain=a\n", "1:18 biff = no\n"},
      {"behind exec", "postconf -e biff=no\nexec postfix start-fg\npostconf -e mydomain=a\n",
       "1:18 biff = no\n"},
      {"an end under a condition is none", "[ -f x ] || exit 1\npostconf -e biff=no\n",
       "2:18 biff = no\n"},
  };
  for (const auto& [title, script, expected] : cases) {
    EXPECT_EQ(read_script(script), expected) << title;
  }
}

TEST(PostconfScript, LinesThatAreWrittenIntoTheFilesAreRead) {
  const std::vector<Case> cases = {
      {"echo", "echo 'mynetworks = 0.0.0.0/0' >> /etc/postfix/main.cf\n",
       "1:20 mynetworks = 0.0.0.0/0\n"},
      {"printf", "printf 'a_b = %s\\nc_d = 2\\n' 1 >>main.cf\n", "1:30 a_b = 1\n1:25 c_d = 2\n"},
      {"a here-document", "cat >> /etc/postfix/main.cf <<EOF\n# x\na_b = 1,\n  2\nEOF\n",
       "3:7 a_b = 1,  2\n"},
      {"with a variable", "D=a.org\ncat <<-EOF >/etc/postfix/main.cf\n\tmydomain = $D\n\tEOF\n",
       "whole\n1:3 mydomain = a.org\n"},
      {"literal", "cat <<'EOF' | tee -a /etc/postfix/main.cf\nmyorigin = $mydomain\nEOF\n",
       "2:12 myorigin = $mydomain\n"},
      {"all of it", "postconf -e biff=no\n{ echo a_b=1; echo c_d=2; } > /etc/postfix/main.cf\n",
       "whole\n2:12 a_b = 1\n2:24 c_d = 2\n1:13 - biff = no (line 2 sets it again)\n"},
      {"master.cf", "echo \"1025 inet n - y - - smtpd\" >> /etc/postfix/master.cf\n",
       "1:7 [] 1025 inet n - y - - smtpd\n"},
      {"postconf -M",
       "postconf -M submission/inet=\"submission inet n - n - - smtpd\"\n"
       "postconf -P submission/inet/smtpd_sasl_auth_enable=yes\npostconf -MX smtps/inet\n"
       "postconf -F '*/*/chroot = n'\n",
       "1:1 [submission/inet] submission inet n - n - - smtpd\n"
       "2:1 [submission/inet] smtpd_sasl_auth_enable=yes\n3:1 [smtps/inet] gone\n"
       "4:1 - */*/chroot = n (it does not decide who may relay)\n"},
      {"sh -c", "sh -c 'postconf -e mydomain=a'\n", "1:29 mydomain = a\n"},
  };
  for (const auto& [title, script, expected] : cases) {
    EXPECT_EQ(read_script(script), expected) << title;
  }
}

TEST(PostconfScript, OtherEditsAreNamedAsNotRead) {
  const std::vector<Case> cases = {
      {"sed", "sed -i 's/^mynetworks.*/x/' /etc/postfix/main.cf\n",
       "1:1 ? sed -i 's/^mynetworks.*/x/' /etc/postfix/main.cf (this kind of edit is not read)\n"},
      {"sed of nothing that tells", "sed -i s/a/b/ /etc/postfix/main.cf\n",
       "1:1 - sed -i s/a/b/ /etc/postfix/main.cf (it names nothing by which it is decided who may "
       "relay)\n"},
      {"a copy", "postconf -e biff=no\ncp /conf/main.cf /etc/postfix/\n",
       "1:13 - biff = no (line 2 sets it again)\n"
       "2:1 ? cp /conf/main.cf /etc/postfix/ (what is in that file is not known)\n"},
      {"a template", "envsubst < main.cf.in > /etc/postfix/main.cf\n",
       "1:1 ? envsubst < main.cf.in > /etc/postfix/main.cf (what is written there is not known)\n"},
      {"a quote that does not end", "postconf -e biff=no\npostconf -e 'mydomain=a\n",
       "1:18 biff = no\n"
       "2:13 ? postconf -e 'mydomain=a (from here on the script was not read: this quote does not "
       "end)\n"},
      {"another tool", "go-replace -s x -r 'mynetworks = 0.0.0.0/0' -- /etc/postfix/main.cf\n",
       "1:21 ? mynetworks = 0.0.0.0/0 (it runs only under a condition: go-replace -s x -r "
       "'mynetworks = 0.0.0.0/0' -- /etc/postfix/main.cf)\n"
       "1:1 ? go-replace -s x -r 'mynetworks = 0.0.0.0/0' -- /etc/postfix/main.cf (this kind of "
       "edit is not read)\n"},
  };
  for (const auto& [title, script, expected] : cases) {
    EXPECT_EQ(read_script(script), expected) << title;
  }
}

TEST(PostconfScript, DockerfilesRunShells) {
  const std::vector<Case> cases = {
      {"shell form", "FROM debian\nRUN apt-get update && \\\n # why\n\n  postconf -e biff=no\n",
       "5:20 biff = no\n"},
      {"exec form", "FROM a\nRUN [\"postconf\", \"-e\", \"mydomain=a\"]\n", "2:34 mydomain = a\n"},
      {"variables",
       "ARG D=a.org\nFROM a\nENV N=1.2.3.4 \\\n  B=no\nRUN postconf -e mynetworks=$N "
       "biff=$B\n",
       "3:7 mynetworks = 1.2.3.4\n4:5 biff = no\n"},
      {"the last stage",
       "FROM a AS one\nRUN postconf -e biff=no\nFROM b\nRUN postconf -e "
       "mydomain=a\n",
       "4:26 mydomain = a\n"},
      {"a stage of its own",
       "FROM a AS one\nRUN postconf -e biff=no\nFROM one\nRUN postconf -e "
       "mydomain=a\n",
       "2:22 biff = no\n4:26 mydomain = a\n"},
      {"a here-document",
       "FROM a\nRUN <<EOF\npostconf -e biff=no\nEOF\nRUN cat <<X >>main.cf\n"
       "a_b = 1\nX\n",
       "3:18 biff = no\n6:7 a_b = 1\n"},
      {"a file", "FROM a\nCOPY main.cf /etc/postfix/\n",
       "2:6 ? main.cf /etc/postfix/ (what is in that file is not known)\n"},
      {"variables by name", "FROM a\nENV POSTFIX_mynetworks=0.0.0.0/0\nCMD /run\n",
       "2:5 ? POSTFIX_mynetworks=0.0.0.0/0 (it runs only under a condition: the image's start "
       "script hands POSTFIX_... to postconf)\n"},
      {"at the start", "FROM a\nCMD postconf -e biff=no && postfix start-fg\n", "2:22 biff = no\n"},
  };
  for (const auto& [title, script, expected] : cases) {
    EXPECT_EQ(read_script(script, {}, {}, "/p/Dockerfile"), expected) << title;
  }
}

TEST(PostconfScript, FoldersAreOneServer) {
  const std::map<std::string, std::string> together = {
      {"/p/Dockerfile",
       "FROM a\nENV N=1.2.3.4\nRUN postconf -e biff=no\nENTRYPOINT [\"/start.sh\"]\n"},
      {"/p/start.sh", "postconf -e mynetworks=$N\n"},
      {"/p/other.sh", "postconf -e mydomain=a\n"}};
  const auto scripts = find_scripts(MemoryFiles(together), "/p", {});
  ASSERT_TRUE(scripts);
  EXPECT_EQ(print(files_of(*scripts, {})),
            "3:22 biff = no\n2:7 mynetworks = 1.2.3.4\n"
            "1:1 - mydomain=a (it runs only under a condition: other.sh, if it is this one that "
            "runs)\n"
            "--env: N is not set otherwise; line 1 hangs on it\n");
  EXPECT_TRUE(scripts->not_here.empty());
}

TEST(PostconfScript, AMainCfOfItsOwnCountsMore) {
  MemoryFiles files;
  files.add("/p/run.sh", "postconf -e biff=no\n");
  EXPECT_TRUE(find_scripts(files, "/p", {}));
  files.add("/p/conf/main.cf", "# postconf -e biff=no\n");
  EXPECT_FALSE(find_scripts(files, "/p", {}));
  EXPECT_FALSE(find_scripts(files, "/p/conf/main.cf", {}));
}

}  // namespace
}  // namespace relayproof::postfix
