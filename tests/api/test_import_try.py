from office import Office, office
from pathlib import Path
import time
__all__=["office"]
def test_a(office: Office):
    for words in (["technicians", "docs/samples/technicians.csv"], ["homes","docs/samples/homes.csv"]):
      for extra in (["--territory","朝阳","--city","北京","--zone","Asia/Shanghai"],[],["--territory","朝阳"]):
        t=time.time(); r=office.doorstep("import",*words,*extra); print(r.exit_code, r.output, time.time()-t)
    for what in ("technicians","homes"):
      for k in ("csv","xlsx"):
        f=office.folder/f"{what}.{k}"
        r=office.doorstep("export",what,f); print(r.output)
        if k=="csv": print(f.read_text())
        r=office.doorstep("import",what,f,"--json"); print(r.output)
    print(office.counts(), office.ask("select code,version from technicians"))
    assert 0
