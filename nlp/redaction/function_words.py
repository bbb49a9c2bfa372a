"""Words that never are a value: what people say around names, addresses and passwords. Folded spelling."""

from __future__ import annotations

FUNCTION_WORDS: frozenset[str] = frozenset(
    """takim razie takiego wczesniej poprzednio a aby ach acha aha ale albo ani az bardzo bez beda bede bedzie bo bylo byl byla byc by cala caly chce chcialam chcialbym
    chcialabym chcialem chodzi chwile chwileczke chwila ci cie co cos czegos czekam czy czyli czym daj dalej dla dlaczego do dobra dobre dobry
    dobrze dokladnie dopiero dzien dziekuje dzisiaj dzieki ee eee ego em gdy gdzie go halo haslo hej i ich ide ile im
    imie inny ja jak jaka jakas jaki jakie jakis jakos jasne jego jej jest jestem jeszcze jesli juz kiedy kto ktora
    ktore ktory lub ma mam mamy mial miala mhm mi mial mmm mnie mam moge moj moja moje momencik moment moze mozna mu musze my na nad nam
    nami naprawde nas nasz natomiast nazwisko nazwiska nazywam nazywa nic nich nie niech niego niej niestety nim no o od ok oczywiscie oj okej oko on
    ona one oni oraz ostatni owszem pa pamietam pan pana pani pania panie panem panu panstwa panstwo pesel po pod podac podaje podam poniewaz
    poprosze potem potrzebuje powiedziec powiem pozniej prosze prosze przed przepraszam przez przy przypominam racja raz rozumiem sa sam sama
    se si sie sobie spoko sprawdzam sprawdze ta tak taka taki takie tam te teraz tego tej ten to trzeba tu tutaj ty tylko tym u w we wez wie wiec wiem wlasnie wszystko y yy
    yyy z za zaraz zatem ze zeby zgadza znaczy znam znowu zna nazwie rowniez super jasne slucham swietnie wlasciwie wiadomo chyba prawda
    mialem mialam zapomnialem zapomnialam dzwonie pisze witam witaj czesc dobranoc widzenia zobaczenia pozdrawiam telefon adres mail numer
    email e zamowienie przecinek kropka malpa potwierdzam weryfikacja wiem zgoda ok okay dokladnie numerem wpisane podany
    podalam podalem wie dalej domu sprawa sprawie""".split()
)
