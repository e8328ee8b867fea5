#!/bin/sh
# In place of Terraform: writes down how it was called and which signals it got, and says what it is asked to.
stack=$(basename "$PWD")
note() { echo "$stack $*" >>"$STUB_FOLDER/calls"; }
[ "$1" = version ] && echo 'Terraform v1.10.0' && exit
signals=0
trap 'note SIGINT; signals=$((signals + 1))' INT
trap 'note SIGTERM; signals=$((signals + 1))' TERM
note "$@"
[ "$1" = init ] && mkdir -p .terraform/providers && echo provider >.terraform.lock.hcl
[ "$1" = plan ] && echo 'a plan' >plan
answer=$STUB_FOLDER/$stack.$1
case $1 in plan | apply)
  [ -f "$answer.cut" ] || echo '{"type":"change_summary","changes":{"add":0,"change":0,"remove":0}}'
esac
[ -z "$TF_LOG" ] || echo '{"@level":"debug"}' >&2
[ -f "$answer" ] && cat "$answer"
if [ -f "$answer.waits" ]; then
  until [ "$signals" -ge "$(cat "$answer.waits")" ]; do sleep 0.05; done
  sleep 0.3 # for one too many
  exit 1
fi
[ ! -f "$answer.fails" ]
