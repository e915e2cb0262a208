# customer_dw, built by PGXS. ./setup wraps these targets and needs nothing installed.
#
#   make                build the library and the install script
#   make install        into the server that PG_CONFIG names
#   make installcheck   pg_regress against a running server (sql/, expected/)
#   make check-layers   no module may include a header of its own floor or above
#   make check-format   clang-format-14 over src/
#
# One list of modules, lowest floor first; a comma joins siblings of one floor. It yields the
# objects, the order of the install script and the layer check.
FLOORS = core text,stats match,rfm identity

comma := ,
MODULE_NAMES = $(subst $(comma), ,$(FLOORS))
srcdir ?= .

EXTENSION = customer_dw
EXTVERSION = $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(srcdir)/customer_dw.control)
MODULE_big = customer_dw
SOURCES = $(foreach module,$(MODULE_NAMES),$(sort $(wildcard $(srcdir)/src/$(module)/*.c)))
OBJS = $(patsubst $(srcdir)/%.c,%.o,$(SOURCES))
SQL_PARTS = $(foreach module,$(MODULE_NAMES),$(sort $(wildcard $(srcdir)/src/$(module)/*.sql)))

DATA_built = customer_dw--$(EXTVERSION).sql
DATA = $(wildcard $(srcdir)/updates/customer_dw--*.sql)

REGRESS = $(patsubst $(srcdir)/sql/%.sql,%,$(sort $(wildcard $(srcdir)/sql/*.sql)))
REGRESS_OPTS = --inputdir=$(srcdir) --load-extension=customer_dw --encoding=UTF8

PG_CONFIG ?= pg_config
# The server's headers count as system headers: -Wextra is for our code.
PG_CPPFLAGS = -isystem $(shell $(PG_CONFIG) --includedir-server) -I$(srcdir)/src
# No fused multiply-add: scores must be the same number on every processor.
PG_CFLAGS = -Wall -Wextra -ffp-contract=off -MMD -MP $(CDW_CFLAGS)
# The ICU that PostgreSQL itself links.
SHLIB_LINK = -licui18n -licuuc $(CDW_LINK)
EXTRA_CLEAN = $(OBJS:.o=.d) $(OBJS:.o=.bc) regression.diffs regression.out results

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# PGXS tracks headers only where the server was configured with --enable-depend; Debian's was not.
-include $(OBJS:.o=.d)
$(OBJS:.o=.bc): %.bc: %.o

# A VPATH build starts without the folders that the objects go to; named in full, make does not take
# the sources' folders for them.
OBJECT_FOLDERS = $(addprefix $(CURDIR)/,$(sort $(dir $(OBJS))))
$(OBJS): | $(OBJECT_FOLDERS)
$(OBJECT_FOLDERS):
	mkdir -p $@

customer_dw--$(EXTVERSION).sql: $(SQL_PARTS) $(srcdir)/customer_dw.control
	cat $(SQL_PARTS) > $@

check-layers:
	perl $(srcdir)/test/check_layers.pl $(srcdir) $(FLOORS)

check-format:
	cd $(srcdir) && clang-format-14 --dry-run -Werror $$(find src test -name '*.[ch]' -not -path '*/expected/*')

.PHONY: check-layers check-format
