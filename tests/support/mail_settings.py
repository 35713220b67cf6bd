"""The settings of the mail servers of tests, with places for their folder and their ports."""

DOVECOT = """\
base_dir = {folder}/dove
state_dir = {folder}/dove
log_path = /dev/stderr
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mails/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
recipient_delimiter = +
lmtp_save_to_detail_mailbox = no
passdb {{
  driver = passwd-file
  args = username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mails/%u
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

EXIM = """\
primary_hostname = mx.lab.test
domainlist local_domains = lab.test
spool_directory = {folder}/spool
log_file_path = {folder}/log/exim-%slog
pid_file_path = {folder}/exim.pid
daemon_smtp_ports = {smtp}
local_interfaces = 127.0.0.1
exim_user = Debian-exim
exim_group = Debian-exim
never_users = root
deliver_drop_privilege = true
tls_advertise_hosts =
acl_smtp_rcpt = check_rcpt
message_size_limit = 2M

begin acl
check_rcpt:
  accept domains = +local_domains
  deny message = no mail leaves this machine

begin routers
to_mailboxes:
  driver = manualroute
  domains = +local_domains
  transport = lmtp_to_dovecot
  route_list = * 127.0.0.1 byname
  self = send
  no_more

begin transports
lmtp_to_dovecot:
  driver = smtp
  protocol = lmtp
  port = {lmtp}
  hosts_override
  allow_localhost
  hosts_try_fastopen =

begin retry
* * F,1h,1s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{extract{{1}}{{:}}\
{{${{lookup{{$auth2}}lsearch{{{folder}/passwords}}}}}}}}}}}}
  server_set_id = $auth2
  server_advertise_condition = yes
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{${{extract{{1}}{{:}}\
{{${{lookup{{$auth1}}lsearch{{{folder}/passwords}}}}}}}}}}}}
  server_set_id = $auth1
  server_advertise_condition = yes
"""
